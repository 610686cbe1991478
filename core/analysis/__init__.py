"""Media in, maps out: sky, ground, depth, flow and the scene of a shot. Depends on pixels only, survives every edit."""
