"""All that a plugin may import, with `core.frame`, `core.condition`, `core.scene`, `core.cancel`, `core.progress` and `core.errors`."""
