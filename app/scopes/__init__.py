"""Scopes beside the viewer."""
