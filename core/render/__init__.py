"""From a project and an instant to finished pixels: one plan, one set of stages, one engine for preview and export."""
