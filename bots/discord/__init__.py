"""The Discord door: its events become what the desk understands, what the desk says its messages.

The door is not built yet; `./lathe run` does not look for a token of it.
"""
