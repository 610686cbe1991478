"""The first-run tour: a card that points at the real window and blocks nothing."""
