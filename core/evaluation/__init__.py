"""Numbers about pictures: flicker first."""
