"""`python -m cli` is the `pactwatch` command."""

from cli.main import main

main()
