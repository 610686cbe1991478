"""The house without windows: everything Weathervane knows, importable with no Qt and no display."""
