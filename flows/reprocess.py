"""The reprocessing flow: read and analyse again from the archive, without network."""

from __future__ import annotations

from prefect import flow

from config.settings import load
from flows.context import opened
from flows.params import ReprocessParams, Summary
from flows.process import process_all
from flows.report import publish, summarise
from models.session import write_session
from pipeline.reset import reset


@flow(name="reprocess")
def reprocess(params: ReprocessParams = ReprocessParams()) -> Summary:  # noqa: B008  # frozen, shown by Prefect
    """Mark what is asked for as waiting, then process and index."""
    settings = load()
    with opened(settings) as (_, engine), write_session(engine) as session:
        reset(session, source_id=params.source, analyser=params.analyser)
    documents, indexed = process_all(settings)
    summary = summarise([], documents, indexed)
    publish([], summary, "reprocess")
    return summary
