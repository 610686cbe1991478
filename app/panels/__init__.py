"""Panels: they show a project value and issue commands."""
