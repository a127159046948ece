"""A ticket printed at 35 mm and 150 dpi, held in front of a phone as people hold it, is read.

Each frame is the real code of the household's sheet, drawn as a printer does, lying askew at any angle, out of focus,
in bad light, with a finger on it. The scanner's own decoder reads it, with the options it has at the door.
"""

from __future__ import annotations

import json
import math
import subprocess
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pymupdf
from flask import Flask
from PIL import Image, ImageDraw, ImageFilter

from festival.core.signing import make_keys
from festival.registration.ticket_code import CodeKind, encode
from festival.registration.tickets import MARGIN, qr_matrix, qr_svg

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "HTTPS://NGAYHOI.PHUONG-THU-NGHIEM.GOV.VN"
FRAMES, ENOUGH = 500, 495
PRINTED_MM, DPI = 35, 150
DOTS = round(PRINTED_MM / 25.4 * DPI)
CAMERA, DECODED = (1280, 720), (960, 540)
"""What the camera gives, and what `static/door/decoder.js` makes of it before it decodes."""

Numbers = np.random.Generator


def ticket_text() -> str:
    """What a ticket's QR says, signed with a real key; no database is needed for it."""
    app = Flask("printed")
    app.config["SECRET_KEY"] = "only for this test"
    with app.app_context():
        _, sealed = make_keys()
        return f"{ADDRESS}/Q/{encode(CodeKind.TICKET, 12, 20_261, date(2026, 10, 10), 1, sealed)}"


def printed(text: str) -> Image.Image:
    """The sheet's drawing as a printer puts it on paper: black dots and white ones, nothing in between."""
    with pymupdf.open(stream=str(qr_svg(text, "")).encode(), filetype="svg") as drawing:
        page = drawing[0]
        picture = page.get_pixmap(matrix=pymupdf.Matrix(DOTS / page.rect.width, DOTS / page.rect.height), alpha=False)
    return (
        Image.frombytes("RGB", (picture.width, picture.height), picture.samples)
        .convert("L")
        .point(lambda light: 255 if light > 127 else 0)
    )


def paper_with(code: Image.Image) -> Image.Image:
    """The code on a larger piece of paper, with the lines of text of a slip under it."""
    paper = Image.new("L", (DOTS * 2, DOTS * 2), 242)
    paper.paste(code.point(lambda light: 28 if light < 128 else 242), (DOTS // 2, DOTS // 2))
    pen = ImageDraw.Draw(paper)
    for line in range(4):
        top = DOTS * 3 // 2 + 18 + line * 16
        pen.rectangle((DOTS // 2, top, DOTS // 2 + DOTS - 20 * line, top + 5), fill=60)
    return paper


def with_finger(paper: Image.Image, modules: int, chance: Numbers) -> Image.Image:
    """A finger that comes in from outside and covers up to 7 % of the modules.

    It lies on none of the three eyes: without an eye no reader finds a code at all.
    """
    share = chance.uniform(0, 0.07)
    module = DOTS / (modules + 2 * MARGIN)
    side = modules * module
    half = math.sqrt(share * side * side / math.pi * 2)  # of an ellipse as deep as wide, half of it on the code
    left = DOTS / 2 + MARGIN * module
    eye = 9 * module
    # Free of eyes: the lower right corner's two sides, and the middle of the two others.
    low, high = eye + half, side - eye - half
    places = {
        "right": (left + side, left + chance.uniform(low, side)),
        "bottom": (left + chance.uniform(low, side), left + side),
        "top": (left + chance.uniform(min(low, high), max(low, high)), left),
        "left": (left, left + chance.uniform(min(low, high), max(low, high))),
    }
    x, y = places[str(chance.choice(list(places)))]
    cover = Image.new("L", paper.size, 0)
    ImageDraw.Draw(cover).ellipse((x - half, y - half, x + half, y + half), fill=255)
    return Image.composite(Image.new("L", paper.size, int(chance.integers(95, 190))), paper, cover)


def seen_from(paper: Image.Image, chance: Numbers) -> Image.Image:
    """The paper in the camera's picture: the code 260 to 480 pixels wide, at any angle, tilted, on a table."""
    width = chance.uniform(260, 480)
    angle = chance.uniform(0, 2 * math.pi)
    middle = (CAMERA[0] / 2 + chance.uniform(-180, 180), CAMERA[1] / 2 + chance.uniform(-60, 60))
    corners = []
    for across, down in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)):
        x, y = (part * width + chance.uniform(-0.07, 0.07) * width for part in (across, down))
        corners.append(
            (
                middle[0] + x * math.cos(angle) - y * math.sin(angle),
                middle[1] + x * math.sin(angle) + y * math.cos(angle),
            )
        )
    begin, end = DOTS / 2, DOTS * 3 / 2
    targets = ((begin, begin), (end, begin), (end, end), (begin, end))
    rows, values = [], []
    for (x, y), (u, v) in zip(corners, targets, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    shape = np.linalg.solve(np.array(rows), np.array(values))
    table = int(chance.integers(60, 200))
    return paper.transform(
        CAMERA, Image.Transform.PERSPECTIVE, tuple(shape), Image.Resampling.BILINEAR, fillcolor=table
    )


def photographed(picture: Image.Image, grain: np.ndarray, chance: Numbers) -> bytes:
    """Out of focus, dim and darker to one side, grainy; then as small as the scanner makes it."""
    blurred = picture.filter(ImageFilter.GaussianBlur(chance.uniform(0.3, 1.5)))
    light = np.linspace(1, chance.uniform(0.45, 1), CAMERA[0], dtype=np.float32) * np.float32(chance.uniform(0.2, 1))
    if chance.random() < 0.5:
        light = light[::-1]
    down, across = (int(chance.integers(0, room)) for room in (64, 64))
    here = grain[down : down + CAMERA[1], across : across + CAMERA[0]] * np.float32(chance.uniform(1.5, 6))
    exposed = np.clip(np.asarray(blurred, dtype=np.float32) * light + here, 0, 255).astype(np.uint8)
    return Image.fromarray(exposed).resize(DECODED, Image.Resampling.BILINEAR).tobytes()


def frames(text: str, chance: Numbers) -> Iterator[bytes]:
    """As many photographs of one printed ticket."""
    paper, modules = paper_with(printed(text)), len(qr_matrix(text))
    grain = chance.standard_normal((CAMERA[1] + 64, CAMERA[0] + 64), dtype=np.float32)
    for _ in range(FRAMES):
        yield photographed(seen_from(with_finger(paper, modules, chance), chance), grain, chance)


def test_a_printed_ticket_is_read_in_at_least_99_of_100_photographs(
    tool: Callable[[str], str],
) -> None:
    text = ticket_text()
    driver = Path(__file__).with_name("printed_codes.mjs")
    worker = ROOT / "static" / "door" / "decoder-worker.js"
    command = [tool("node"), str(driver), str(worker), *map(str, DECODED)]

    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as decoder:
        assert decoder.stdin is not None
        assert decoder.stdout is not None
        for frame in frames(text, np.random.default_rng(20261010)):
            decoder.stdin.write(frame)
        decoder.stdin.close()
        read = json.loads(decoder.stdout.read())

    assert len(read) == FRAMES
    assert {each for each in read if each is not None} == {text}  # never another one
    assert sum(each == text for each in read) >= ENOUGH
