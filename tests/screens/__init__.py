"""`make screens`: a picture of every screen, and what a browser finds wrong with it."""
