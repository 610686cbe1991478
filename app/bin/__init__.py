"""The media bin: what the project is cut from, whether its files are there, and how they come to the timeline."""
