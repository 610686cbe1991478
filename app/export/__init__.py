"""Delivering a film: what to write, and how far it is."""
