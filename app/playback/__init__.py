"""Playback: a clock, and the player that moves the playhead by it."""
