"""The command palette: every action, and every condition of the selected clip, by a few letters."""
