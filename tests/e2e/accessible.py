"""What a screen reader is told about a page: the browser's own accessibility tree."""

from __future__ import annotations

from typing import Any, NamedTuple

from playwright.sync_api import Page

ROLES = ("button", "link", "textbox", "checkbox", "radio", "combobox", "DisclosureTriangle")


class Control(NamedTuple):
    """A control as it is announced: kind, name, description, and whether it is marked as wrong."""

    role: str
    name: str
    description: str = ""
    invalid: bool = False


def controls_of(page: Page, within: str = "main") -> list[Control]:
    """The controls within an element, in the order of reading; what is hidden from readers is left out."""
    wire = page.context.new_cdp_session(page)
    wire.send("DOM.enable")
    wire.send("Accessibility.enable")
    root = wire.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    chosen = wire.send("DOM.querySelector", {"nodeId": root, "selector": within})["nodeId"]
    start = wire.send("DOM.describeNode", {"nodeId": chosen})["node"]["backendNodeId"]
    nodes = {node["nodeId"]: node for node in wire.send("Accessibility.getFullAXTree")["nodes"]}
    top = next(node for node in nodes.values() if node.get("backendDOMNodeId") == start)
    found = [node for node in _below(nodes, top) if not node["ignored"] and _text(node, "role") in ROLES]
    wire.detach()
    return [Control(_text(n, "role"), _text(n, "name"), _text(n, "description"), _is_invalid(n)) for n in found]


def _below(nodes: dict[str, Any], node: dict[str, Any]) -> list[dict[str, Any]]:
    below = [node]
    for child in node.get("childIds", ()):
        if child in nodes:
            below += _below(nodes, nodes[child])
    return below


def _text(node: dict[str, Any], part: str) -> str:
    return " ".join(str(node.get(part, {}).get("value", "")).split())


def _is_invalid(node: dict[str, Any]) -> bool:
    values = {each["name"]: each["value"].get("value") for each in node.get("properties", ())}
    return values.get("invalid") == "true"
