"""The room of the Telegram door: its updates become what the desk understands, the desk's words become messages.

The door is not built yet; `./lathe run` does not look for a token of it.
"""
