"""The terminal door: a chat in lines of text, for trying, for scripts and for tests."""
