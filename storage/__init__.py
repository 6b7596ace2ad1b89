"""Rows, blobs and the queue: what the house remembers and how its work is run."""
