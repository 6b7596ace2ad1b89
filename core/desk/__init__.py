"""What a person can do: one decision for each deed, and what is shown after it, in the reader's language."""
