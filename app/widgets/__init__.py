"""Controls painted to the design: rows, dials, buttons, thumbnails, seams, popovers."""
