"""Running jobs: processes that can be killed one by one, and the loop that gives them work."""
