"""What a person prefers: the dialog, the shortcuts, and the window that follows them."""
