"""The Telegram door: its events become what the desk understands, what the desk says its messages."""
