"""What a person can do: one decision for each deed, and what is shown afterwards, in the reader's language."""
