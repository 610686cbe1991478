"""The steps of a frame's path. Each is a function of its inputs with a `VERSION` that is bumped when its pixels change."""
