"""Looks that a person keeps: recipes as JSON, and the library of them on disk."""
