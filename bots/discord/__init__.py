"""The Discord door: its events become what the desk understands, what the desk says its messages."""
