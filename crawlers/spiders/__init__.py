"""The spider that walks a source, and the one that takes a first look at a site."""
