"""The timeline: a scale, lanes, gestures and one painted canvas."""
