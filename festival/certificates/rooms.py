"""Where everything stands on each paper, and how each text may be set there. Positions in millimetres.

After Nghị định 30/2020/NĐ-CP, Phụ lục I: issuer at the top left, the nation's name and motto at the top right, place
and date below it; signers at the bottom right with room for a signature by hand and a seal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from festival.certificates.lettering import BOLD, ITALIC, NAME, SEMIBOLD, TEXT, Face, Style
from festival.certificates.look import Paper

MM = 72 / 25.4
"""Points in a millimetre."""


@dataclass(frozen=True)
class Room:
    """How a text may be set, best style first, and how wide; `height` is what it takes while it is left open."""

    face: Face
    width: float
    styles: tuple[Style, ...]
    height: float = 0


@dataclass(frozen=True)
class Box:
    """A place on the page, from its top left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Plan:
    """A paper's places. `scale` is the size of its letters against those of an A4 sheet on its side."""

    width: float
    height: float
    scale: float
    rooms: Mapping[str, Room]
    issuer: Box
    nation: Box
    body: Box
    """The title, the name and the lines around it, centred between top and bottom."""
    logos: Mapping[str, Box]
    qr: Box
    beside: Box
    compact: bool
    """Whether the words about the QR stand below it instead of beside it."""
    signers: tuple[Box, ...]
    border: tuple[float, float]
    """The sheet in the border's own units, which are finer on small paper."""

    def room(self, key: str) -> Room:
        """The room of a text; all signers have the same."""
        return self.rooms["signer" if key.startswith("signer-") else key]

    def gap(self, key: str) -> float:
        """The air above a line of the body."""
        return {"name": 2.0, "above": 1.2, "headline": 0.8, "activity": 0.5}.get(key, 0.4) * self.scale * self._airy

    @property
    def _airy(self) -> float:
        return 2.5 if self.height > self.width else 1

    @property
    def ornament(self) -> tuple[float, float]:
        """Width and height of the drawing under the title."""
        return 84 * self.scale, 7 * self.scale


def _styles(scale: float, *styles: tuple[float, float] | tuple[float, float, int]) -> tuple[Style, ...]:
    return tuple(Style(round(each[0] * scale, 2), round(each[1] * scale, 2), *each[2:]) for each in styles)


def _rooms(scale: float, *, head: tuple[float, float], body: float, signer: float, code: float) -> dict[str, Room]:
    """The rooms of a paper: `head` are the widths of the two columns at its top."""

    def lines(*styles: tuple[float, float] | tuple[float, float, int]) -> tuple[Style, ...]:
        return _styles(scale, *styles)

    line = lines((14, 19), (12.5, 19), (12, 15, 2), (9.5, 12, 2))
    small = max(scale, 0.78)
    return {
        "superior": Room(TEXT, head[0], lines((12, 17), (12, 17, 2), (7.5, 9.5, 3))),
        "organization": Room(BOLD, head[0], lines((12, 17), (12, 17, 2), (9.5, 12, 3), (7.5, 9.5, 4))),
        "number": Room(TEXT, head[0], lines((12, 18), (10, 18)), 7 * scale),
        "date": Room(ITALIC, head[1], lines((13, 19), (11, 19), (9, 19)), 7 * scale),
        "title": Room(BOLD, body, lines((40, 44), (32, 38), (24, 30), (18, 22, 2))),
        "above": Room(ITALIC, body, line, 10.6 * scale),
        "name": Room(
            NAME, body,
            lines(
                (42, 62), (38, 62), (34, 62), (30, 62), (27, 62),
                (27, 31, 2), (24, 30, 2), (21, 28, 2), (18, 20, 3),
            ),
            23 * scale,
        ),
        "activity": Room(TEXT, body, line, 10.6 * scale),
        "headline": Room(SEMIBOLD, body, lines((18, 24), (15, 19, 2), (11.5, 14.5, 2)), 13.5 * scale),
        "where": Room(TEXT, body, line, 10.6 * scale),
        "extra": Room(TEXT, body, line, 10.6 * scale),
        "code": Room(SEMIBOLD, code, _styles(small, (11, 15), (9, 15)), 6 * small),
        "signer": Room(BOLD, signer, lines((13, 17.5), (11, 15), (10, 13, 2), (8, 10, 3))),
    }  # fmt: skip


def plan_of(paper: Paper, signers: int, *, seal: bool) -> Plan:
    """The places on `paper` for one to three signers; without a seal their names stand closer to their titles."""
    count = max(1, min(3, signers))
    plan = {Paper.A4_LANDSCAPE: _landscape, Paper.A4_PORTRAIT: _portrait, Paper.A5: _small}[paper](count)
    return plan if seal else _without_seal(plan)


def _without_seal(plan: Plan) -> Plan:
    closer = tuple(Box(box.left, box.top, box.width, box.height * 0.72) for box in plan.signers)
    return Plan(**{**plan.__dict__, "signers": closer})


def _row(left: float, top: float, width: float, height: float, step: float, count: int) -> tuple[Box, ...]:
    return tuple(Box(left + step * number, top, width, height) for number in range(count))


def _landscape(count: int) -> Plan:
    signers = {
        1: _row(155, 148, 104, 40, 0, 1),
        2: _row(80, 148, 90, 40, 93, 2),
        3: _row(69, 148, 65, 40, 67, 3),
    }[count]
    compact = count > 1
    qr = Box(37, 149, 24, 24) if compact else Box(42, 152, 26, 26)
    beside = Box(25, 173.5, 48, 14) if compact else Box(73, 153.5, 62, 26)
    return Plan(
        width=297, height=210, scale=1, compact=compact, border=(297, 210),
        rooms=_rooms(1, head=(100, 112), body=222, signer=signers[0].width, code=beside.width),
        issuer=Box(35, 25, 100, 30), nation=Box(151, 25, 112, 30), body=Box(37.5, 56, 222, 90),
        logos={
            "logo_left": Box(34, 56, 36, 26), "logo_right": Box(227, 56, 36, 26), "logo_top": Box(137, 23, 22, 18),
            "background": Box(17, 17.5, 263, 175),
        },
        qr=qr, beside=beside, signers=signers,
    )  # fmt: skip


def _portrait(count: int) -> Plan:
    signers = {
        1: _row(98, 197, 88, 44, 0, 1),
        2: _row(23, 197, 80, 44, 84, 2),
        3: _row(22, 197, 54, 44, 56, 3),
    }[count]
    return Plan(
        width=210, height=297, scale=0.92, compact=False, border=(210, 297),
        rooms=_rooms(0.92, head=(74, 90), body=160, signer=signers[0].width, code=70),
        issuer=Box(21, 42, 74, 30), nation=Box(98, 42, 90, 30), body=Box(25, 70, 160, 123),
        logos={
            "logo_left": Box(23, 76, 26, 24), "logo_right": Box(161, 76, 26, 24), "logo_top": Box(90, 21, 30, 19),
            "background": Box(17.5, 17, 175, 263),
        },
        qr=Box(38, 248, 25, 25), beside=Box(67, 249, 70, 25), signers=signers,
    )  # fmt: skip


def _small(count: int) -> Plan:
    signers = {
        1: _row(112, 104, 74, 28, 0, 1),
        2: _row(58, 104, 64, 28, 67, 2),
        3: _row(47, 104, 47, 28, 49, 3),
    }[count]
    compact = count > 1
    qr = Box(24, 104, 18, 18) if compact else Box(29, 105, 20, 20)
    beside = Box(17, 122.2, 32, 10) if compact else Box(52, 105.5, 52, 20)
    return Plan(
        width=210, height=148, scale=0.72, compact=compact, border=(273, 192.4),
        rooms=_rooms(0.72, head=(72, 82), body=160, signer=signers[0].width, code=beside.width),
        issuer=Box(24, 18, 72, 20), nation=Box(105, 18, 82, 20), body=Box(25, 37.5, 160, 65.5),
        logos={
            "logo_left": Box(23, 40, 26, 18), "logo_right": Box(161, 40, 26, 18), "logo_top": Box(95, 16, 18, 13),
            "background": Box(13, 12.5, 184, 123),
        },
        qr=qr, beside=beside, signers=signers,
    )  # fmt: skip
