"""The look of the window: tokens, type, icons, palette, painting helpers."""
