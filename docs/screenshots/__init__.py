"""Pictures of the running editor, drawn offscreen: those of the guide, and every panel, dialog and menu to be looked at."""
