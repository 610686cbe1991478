"""A small procedural world: a street under a summer sky, with exact depth, flow and mattes.

It is the demo clip, the ground truth of the tests, and a source of footage nobody has to license. Space is metres, x right,
y up, z down the street; the ground is y = 0. Light is scene-linear, 1.0 a sunlit white card. Numpy only; the same frame
of the same world is the same to the bit.
"""
