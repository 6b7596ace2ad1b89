"""The staff: their rights, their board, and the trail of what they do and see."""
