"""Looks that a person keeps: the library in the window, stills, comparing and blending."""
