"""The doors and the house put together: the only rooms that know a platform, a provider or a command line."""
