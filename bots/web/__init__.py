"""The web door. So far it only says how the service is."""
