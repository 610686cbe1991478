"""The life of a project: what was open lately, and how it was before."""
