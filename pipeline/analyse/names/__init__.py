"""Named organisations and projects of a document: tag, repair, spread over the document, group into entities."""

from pipeline.analyse.names.entities import find_entities

__all__ = ["find_entities"]
