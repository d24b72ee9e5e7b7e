"""What a document is about (themes) and what it is (kind)."""
