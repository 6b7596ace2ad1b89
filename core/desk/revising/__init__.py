"""Changes: a list in somebody's words, what it costs, and its way to work."""
