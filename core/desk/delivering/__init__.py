"""From a preview to files, and how long those are kept."""
