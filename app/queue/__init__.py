"""The render queue: exports that wait, run and are done, kept over a restart."""
