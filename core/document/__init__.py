"""The project as a value, the edits that make new ones, and the journal that never loses one. No torch, no rendering."""
