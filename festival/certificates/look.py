"""How a design looks: paper, border, colours, pictures, texts and signers, as frozen values.

A look is stored as JSON with the design, and again, frozen, with each edition. `{}` is the look every festival begins
with. Texts hold fields from a closed list in braces; they are put in as words and never evaluated (`texts`).
"""

from __future__ import annotations

import enum
import re
from dataclasses import asdict, dataclass, field, fields
from typing import Any

MOST_SIGNERS = 3
LONGEST_LINE = 200
PLACES = ("logo_left", "logo_right", "logo_top", "background")
"""Where a picture may stand. Each is empty or a picture's SHA-256, so a look means the same wherever it is kept."""
LEAST_CONTRAST = 4.5
"""Of coloured words on white paper: WCAG 2.2, 1.4.3."""


class BrokenLookError(ValueError):
    """What is stored is no look: a value outside its list, a colour that is none, too many signers."""


class Paper(enum.Enum):
    """The sheet. A5 lies on its side, so that two of them make an A4 sheet."""

    A4_LANDSCAPE = "a4-landscape"
    A4_PORTRAIT = "a4-portrait"
    A5 = "a5"

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in millimetres."""
        return {"a4-landscape": (297.0, 210.0), "a4-portrait": (210.0, 297.0), "a5": (210.0, 148.0)}[self.value]


class Border(enum.Enum):
    """Our own drawings around the page."""

    NOTEBOOK = "notebook"
    """The grid of a school notebook, a lotus in each corner."""
    DRUM = "drum"
    """Circles, rays and teeth of a Đông Sơn bronze drum."""
    BROCADE = "brocade"
    """Diamonds and steps as woven in the highlands (thổ cẩm)."""
    PLAIN = "plain"
    """Two lines."""


class Palette(enum.Enum):
    """Colours that go together; OWN makes all of them from one accent."""

    NOTEBOOK = "notebook"
    FLAG = "flag"
    BAMBOO = "bamboo"
    SEA = "sea"
    BLACK = "black"
    OWN = "own"


@dataclass(frozen=True)
class Colors:
    """The colours of a page, as "#rrggbb": `title` and `name` carry words, `line` and `grid` only decorate."""

    title: str
    name: str
    line: str
    grid: str
    text: str = "#1f1b2e"


_COLORS = {
    Palette.NOTEBOOK: Colors("#b3141b", "#43307f", "#43307f", "#c9bfe3"),
    Palette.FLAG: Colors("#b3141b", "#8f1016", "#a8741a", "#ecd9b0"),
    Palette.BAMBOO: Colors("#14532d", "#14532d", "#2f6b45", "#bfdcc8"),
    Palette.SEA: Colors("#0b3d66", "#0b4a7d", "#1f5f94", "#bcd7ec"),
    Palette.BLACK: Colors("#1f1b2e", "#1f1b2e", "#1f1b2e", "#c4c4cc"),
}


@dataclass(frozen=True)
class Signer:
    """Who signs: on whose authority ("TM. ỦY BAN NHÂN DÂN"), as what ("CHỦ TỊCH"), and the name; each may be empty."""

    authority: str = ""
    title: str = ""
    name: str = ""


@dataclass(frozen=True)
class Texts:
    """The lines of a page, from its title down, with fields in braces. An empty one is as our wording has it; "-" is
    none at all."""

    title: str = ""
    above: str = ""
    """Over the name."""
    activity: str = ""
    headline: str = ""
    where: str = ""
    extra: str = ""


@dataclass(frozen=True)
class Look:
    """How certificates of a design look. Without signers the festival's own signs."""

    paper: Paper = Paper.A4_LANDSCAPE
    border: Border = Border.NOTEBOOK
    palette: Palette = Palette.NOTEBOOK
    accent: str = ""
    logo_left: str = ""
    logo_right: str = ""
    logo_top: str = ""
    background: str = ""
    texts: Texts = field(default_factory=Texts)
    signers: tuple[Signer, ...] = ()
    seal: bool = True
    """Whether room is left for a signature by hand and a seal."""

    @property
    def colors(self) -> Colors:
        """The colours of the page."""
        if self.palette is not Palette.OWN:
            return _COLORS[self.palette]
        return Colors(self.accent, self.accent, self.accent, mix(self.accent, 0.28))

    @property
    def pictures(self) -> tuple[str, ...]:
        """The SHA-256 of each picture in use, once."""
        return tuple(dict.fromkeys(getattr(self, place) for place in PLACES if getattr(self, place)))


def to_json(look: Look) -> dict[str, Any]:
    """`look` as it is stored."""
    plain = {"paper": look.paper.value, "border": look.border.value, "palette": look.palette.value}
    return asdict(look) | plain | {"signers": [asdict(signer) for signer in look.signers]}


def from_json(stored: dict[str, Any]) -> Look:
    """The look that was stored; what is not said is as in the look every festival begins with.

    Raises `BrokenLookError` for anything else.
    """
    try:
        known = {each.name for each in fields(Look)}
        if unknown := set(stored) - known:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        values = dict(stored)
        for name, kind in (("paper", Paper), ("border", Border), ("palette", Palette)):
            if name in values:
                values[name] = kind(values[name])
        values["texts"] = Texts(**values.get("texts", {}))
        values["signers"] = tuple(Signer(**signer) for signer in values.get("signers", ()))
        look = Look(**values)
    except (TypeError, ValueError) as wrong:
        raise BrokenLookError(str(wrong)) from wrong
    _check(look)
    return look


def _check(look: Look) -> None:
    words = [*asdict(look.texts).values(), *(word for signer in look.signers for word in asdict(signer).values())]
    if not all(isinstance(word, str) and len(word) <= LONGEST_LINE for word in words):
        raise BrokenLookError(f"a text is a line of at most {LONGEST_LINE} letters")
    if len(look.signers) > MOST_SIGNERS:
        raise BrokenLookError(f"at most {MOST_SIGNERS} people sign")
    if look.accent and not is_color(look.accent):
        raise BrokenLookError("a colour is written #rrggbb")
    if look.palette is Palette.OWN and not look.accent:
        raise BrokenLookError("own colours need an accent")
    if not all(re.fullmatch("[0-9a-f]{64}|", getattr(look, place)) for place in PLACES):
        raise BrokenLookError("a picture is named by its SHA-256")


def is_color(written: str) -> bool:
    """Whether this is a colour as we keep it: "#43307f"."""
    return re.fullmatch(r"#[0-9a-f]{6}", written) is not None


def channels(color: str) -> tuple[float, float, float]:
    """Red, green and blue of "#rrggbb", each from 0 to 1."""
    red, green, blue = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def mix(color: str, share: float) -> str:
    """`color` thinned with white: `share` of it, the rest paper."""
    return "#" + "".join(f"{round(255 * (1 - share + share * part)):02x}" for part in channels(color))


def contrast_on_white(color: str) -> float:
    """The contrast of words in this colour on white paper, from 1 to 21 (WCAG 2.2, relative luminance)."""
    parts = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels(color))
    luminance = sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))
    return 1.05 / (luminance + 0.05)
