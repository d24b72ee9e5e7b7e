"""A network as GraphML, which Gephi, yEd, Cytoscape and networkx read."""

from __future__ import annotations

import re
from xml.etree import ElementTree as Xml

from search.pages_network import Network

MEDIA_TYPE = "application/graphml+xml"
KEYS = (
    ("name", "node", "string"),
    ("type", "node", "string"),
    ("country", "node", "string"),
    ("partners", "node", "int"),
    ("partnerships", "edge", "int"),
    ("kinds", "edge", "string"),
    ("latest", "edge", "string"),
)
NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""


def graphml(network: Network, about: str | None = None) -> bytes:
    """The graph with the attributes of its nodes and edges; `about` becomes its description."""
    root = Xml.Element("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
    if about is not None:
        Xml.SubElement(root, "desc").text = NO_XML.sub("", about)
    for name, where, kind in KEYS:
        Xml.SubElement(root, "key", {"id": name, "for": where, "attr.name": name, "attr.type": kind})
    graph = Xml.SubElement(root, "graph", edgedefault="undirected")
    for node in network.nodes:
        element = Xml.SubElement(graph, "node", id=f"n{node.id}")
        _data(element, name=node.name, type=node.type, country=node.country, partners=node.partners)
    for edge in network.edges:
        element = Xml.SubElement(graph, "edge", source=f"n{edge.source}", target=f"n{edge.target}")
        _data(element, partnerships=edge.partnerships, kinds="; ".join(edge.kinds), latest=edge.latest)
    content: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _data(element: Xml.Element, **values: object) -> None:
    for name, value in values.items():
        if value is not None:
            Xml.SubElement(element, "data", key=name).text = NO_XML.sub("", str(value))
