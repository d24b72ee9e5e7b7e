"""The Typer application: every command is registered here, in the order of `pactwatch --help`."""

from __future__ import annotations

import typer

from cli import (
    analyst,
    archive,
    crawling,
    demo,
    export,
    operate,
    reading,
    register,
    review,
    saved,
    serve,
    sources,
    sources_add,
    sources_health,
    themes,
    up,
    users,
)

app = typer.Typer(
    name="pactwatch",
    help="Who works with whom, on what, since when, and who says so.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
for module in (demo, up, serve, crawling, reading, analyst, export, saved, operate):
    module.register(app)
sources_add.register(sources.app)
sources_health.register(sources.app)
app.add_typer(sources.app, name="sources")
app.add_typer(register.app, name="register")
app.add_typer(review.app, name="review")
app.add_typer(themes.app, name="themes")
app.add_typer(archive.app, name="archive")
app.add_typer(users.app, name="users")
app.add_typer(operate.database_app, name="db")
