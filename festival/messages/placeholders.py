"""Words in braces that stand for something: a flat list, replaced in one pass. Nothing is evaluated."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PLACE = re.compile(r"\{([^{}\n]*)\}")


def unknown(text: str, known: Mapping[str, str] | frozenset[str]) -> list[str]:
    """What stands in braces in `text` and is not in the list, each once, with its braces."""
    return list(dict.fromkeys(found[0] for found in _PLACE.finditer(text) if found[1] not in known))


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with its placeholders replaced. What stands in a value is not looked at again; unknown ones stay."""
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), text)
