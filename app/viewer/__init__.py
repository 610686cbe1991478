"""The viewer: source and result of one instant, and the transport under it."""
