"""Typer commands: the composition root. Each command opens what it needs, calls one function and prints."""
