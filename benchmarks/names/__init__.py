"""Training of the name tagger: data, network, loop, export."""
