"""A small transformer encoder over the words of a text: pieces, marks, windows, scores of name tags."""
