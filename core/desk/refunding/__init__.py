"""Money goes back, or is held: complaints, disputes, and what the staff decide."""
