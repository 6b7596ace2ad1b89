"""The room of the Discord door: its events become what the desk understands, the desk's words become messages.

The door is not built yet; `./lathe run` does not look for a token of it.
"""
