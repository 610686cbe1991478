"""Pointer tools. A gesture is a generator: it is sent pointer events, and Esc throws into it."""
