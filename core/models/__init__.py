"""Optional models: a catalogue, a store in the user's folder, and adapters behind small protocols. Nothing needs one."""
