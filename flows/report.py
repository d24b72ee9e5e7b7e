"""The Markdown artifact of a run: what was crawled, what is not green and why, what became of the documents."""

from __future__ import annotations

from collections.abc import Sequence

from prefect.artifacts import create_markdown_artifact

from flows.params import Summary
from flows.tasks import Plain

OUTCOMES = ("fetched", "unchanged", "filtered", "failed", "unreachable")


def summarise(crawls: Sequence[Plain], documents: dict[str, int], indexed: int, turned: Sequence[str] = ()) -> Summary:
    """Add the crawls up."""
    return Summary(
        runs=tuple(c["run_id"] for c in crawls),
        not_green=tuple(f"{c['source_id']}: {c['message']}" for c in crawls if c["state"] != "completed"),
        outcomes={name: sum(c["counts"].get(name, 0) for c in crawls) for name in OUTCOMES},
        documents=documents,
        indexed=indexed,
        turned=tuple(turned),
    )


def markdown(crawls: Sequence[Plain], summary: Summary) -> str:
    """The report for people."""
    lines = [
        f"# {len(crawls)} sources, {len(summary.not_green)} not green",
        "",
        *_turned(summary),
        "| source | state | " + " | ".join(OUTCOMES) + " | why not green |",
        "|---|---|" + "---:|" * len(OUTCOMES) + "---|",
    ]
    # What is not green comes first: it is what somebody has to look at.
    for c in sorted(crawls, key=lambda c: (c["state"] == "completed", c["source_id"])):
        counts = " | ".join(str(c["counts"].get(name, 0)) for name in OUTCOMES)
        message = (c["message"] or "").replace("|", "\\|").replace("\n", " ")
        lines.append(f"| {c['source_id']} | {c['state']} | {counts} | {message} |")
    done = ", ".join(f"{number} {name}" for name, number in sorted(summary.documents.items())) or "none to process"
    return "\n".join([*lines, "", f"Documents: {done}. Index: {summary.indexed} documents added or renewed."])


def _turned(summary: Summary) -> list[str]:
    """The sources whose health has changed, as a list; nothing where there is none."""
    if not summary.turned:
        return []
    # As code, so that nothing in an address or a title is taken for markup.
    return ["Health has changed:", "", *(f"- `{line.replace('`', ' ')}`" for line in summary.turned), ""]


def publish(crawls: Sequence[Plain], summary: Summary, key: str) -> None:
    """Store the report as an artifact of the flow run under way."""
    create_markdown_artifact(markdown(crawls, summary), key=key, description="What the run did")
