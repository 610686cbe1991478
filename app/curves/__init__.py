"""The curve editor: keyframes and the curves between them, beside the timeline."""
