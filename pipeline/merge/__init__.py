"""Reports -> partnerships: which reports tell of the same agreement, and what they say of it together."""
