"""Uploads are checked by content and size, and drawn anew: never the bytes as sent."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

import festival.certificates.layout  # noqa: F401  (WeasyPrint makes Pillow take broken files: it must not matter)
from festival.certificates import pictures
from festival.certificates.pictures import PictureOutcome, add_picture


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


RED = Image.new("RGB", (200, 100), (200, 0, 0))


def bomb() -> bytes:
    """A PNG whose header says 60,000 × 60,000."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        (b"", PictureOutcome.NOT_A_PICTURE),
        (b"%PDF-1.7", PictureOutcome.NOT_A_PICTURE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", PictureOutcome.NOT_A_PICTURE),
        (encoded(RED, "GIF"), PictureOutcome.NOT_A_PICTURE),
        (encoded(RED, "BMP"), PictureOutcome.NOT_A_PICTURE),
        (encoded(RED)[:-12], PictureOutcome.NOT_A_PICTURE),
        (encoded(RED, "JPEG")[:-2], PictureOutcome.NOT_A_PICTURE),
        (encoded(RED, "WEBP")[:-2], PictureOutcome.NOT_A_PICTURE),
        (bomb(), PictureOutcome.TOO_MANY_PIXELS),
        (encoded(Image.new("RGB", (63, 500))), PictureOutcome.TOO_SMALL),
        (encoded(RED) + b"0" * pictures.MOST_BYTES, PictureOutcome.TOO_LARGE),
    ],
)
def test_what_cannot_be_printed_is_refused_by_its_content(make_festival, content, outcome):
    result = add_picture(make_festival(), "logo.png", content)

    assert result.outcome is outcome
    assert result.picture is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_what_is_kept_is_drawn_anew(make_festival, kind):
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "secret-place")
    hidden = b"<script>secret-place</script>"
    sent = encoded(RED, kind, **({"pnginfo": info} if kind == "PNG" else {})) + hidden

    result = add_picture(make_festival(), "Biểu trưng.jpg", sent)

    assert result.outcome is PictureOutcome.ADDED
    kept = result.picture.png
    assert b"secret-place" not in kept
    with Image.open(io.BytesIO(kept)) as drawn:
        assert (drawn.format, drawn.size, drawn.info) == ("PNG", (200, 100), {})


def test_a_photo_is_turned_as_it_was_taken_and_tells_no_place(make_festival):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "secret-place"
    sent = encoded(RED, "JPEG", exif=exif)

    picture = add_picture(make_festival(), "x.jpg", sent).picture

    assert (picture.width, picture.height) == (100, 200)
    assert b"secret-place" not in picture.png


def test_transparency_stays_and_large_pictures_shrink(make_festival):
    sent = encoded(Image.new("RGBA", (3000, 1500), (10, 20, 30, 0)))

    picture = add_picture(make_festival(), "x.png", sent).picture

    with Image.open(io.BytesIO(picture.png)) as drawn:
        assert drawn.size == (1200, 600)
        assert drawn.convert("RGBA").getpixel((5, 5))[3] == 0


def test_the_same_picture_is_kept_once_and_there_is_an_end(make_festival, monkeypatch):
    festival = make_festival()
    monkeypatch.setattr(pictures, "MOST_PICTURES", 1)

    assert add_picture(festival, "x", encoded(RED)).outcome is PictureOutcome.ADDED
    assert add_picture(festival, "y", encoded(RED)).outcome is PictureOutcome.KNOWN
    other = encoded(Image.new("RGB", (200, 100), (0, 200, 0)))
    assert add_picture(festival, "z", other).outcome is PictureOutcome.TOO_MANY
