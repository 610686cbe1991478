"""Atmosphere: light and weather by physics, layer by layer, in scene-linear light. Needs no weights."""
