"""Logos and backgrounds: looked at before they are believed, and drawn anew from their pixels.

What is kept is never what was sent: no metadata, no scripts, no second file hidden behind the first.
"""

from __future__ import annotations

import enum
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError
from sqlalchemy import delete, func, select

from festival.certificates.look import PLACES
from festival.certificates.models import Design, Edition, Picture
from festival.core.text import tidy
from festival.extensions import db
from festival.programme.models import Festival

MOST_BYTES = 4 * 1024 * 1024
MOST_PIXELS = 24_000_000
LEAST_SIDE, MOST_SIDE = 64, 1200
MOST_PICTURES = 20
_FORMATS = ("PNG", "JPEG", "WEBP")
_LARGE = 400 * 1024
"""A picture larger than this gets a palette: every certificate carries it."""


class PictureOutcome(enum.Enum):
    """What came of sending a picture."""

    ADDED = "added"
    KNOWN = "known"
    """The festival has this very picture already."""
    TOO_LARGE = "too_large"
    NOT_A_PICTURE = "not_a_picture"
    """No PNG, JPEG or WebP by its content, whatever its name says, or broken."""
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    TOO_MANY = "too_many"


@dataclass(frozen=True)
class PictureResult:
    """The outcome, and the picture where there is one."""

    outcome: PictureOutcome
    picture: Picture | None = None


def pictures_of(festival: Festival) -> Sequence[Picture]:
    """The festival's pictures, as they came."""
    return db.session.scalars(select(Picture).where(Picture.festival_id == festival.id).order_by(Picture.id)).all()


def find_picture(festival: Festival, picture_id: int) -> Picture | None:
    """A picture of this festival, or None."""
    return db.session.scalar(select(Picture).where(Picture.id == picture_id, Picture.festival_id == festival.id))


def add_picture(festival: Festival, name: str, content: bytes) -> PictureResult:
    """Keep a picture that was sent, redrawn. The caller commits."""
    if len(content) > MOST_BYTES:
        return PictureResult(PictureOutcome.TOO_LARGE)
    drawn = _redraw(content)
    if isinstance(drawn, PictureOutcome):
        return PictureResult(drawn)
    image, png = drawn
    sha256 = hashlib.sha256(png).hexdigest()
    query = select(Picture).where(Picture.festival_id == festival.id, Picture.sha256 == sha256)
    if known := db.session.scalar(query):
        return PictureResult(PictureOutcome.KNOWN, known)
    count = db.session.scalar(select(func.count(Picture.id)).where(Picture.festival_id == festival.id)) or 0
    if count >= MOST_PICTURES:
        return PictureResult(PictureOutcome.TOO_MANY)
    picture = Picture(
        festival_id=festival.id, name=tidy(name)[-120:] or "…", width=image.width, height=image.height,
        sha256=sha256, png=png,
    )  # fmt: skip
    db.session.add(picture)
    db.session.flush()
    return PictureResult(PictureOutcome.ADDED, picture)


def remove_picture(picture: Picture) -> bool:
    """Delete a picture; gives False for one that a design or a certificate shows. The caller commits."""
    looks = [
        *db.session.scalars(select(Design.look).where(Design.festival_id == picture.festival_id)),
        *(
            content["look"]
            for content in db.session.scalars(
                select(Edition.content)
                .join(Design, Design.id == Edition.design_id)
                .where(Design.festival_id == picture.festival_id)
            )
        ),
    ]
    if any(look.get(place) == picture.sha256 for look in looks for place in PLACES):
        return False
    db.session.execute(delete(Picture).where(Picture.id == picture.id))
    return True


def _redraw(content: bytes) -> tuple[Image.Image, bytes] | PictureOutcome:
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            width, height = opened.size  # of the header: nothing is unpacked yet
            if width * height > MOST_PIXELS:
                return PictureOutcome.TOO_MANY_PIXELS
            if min(width, height) < LEAST_SIDE:
                return PictureOutcome.TOO_SMALL
            if not _is_whole(content, opened.format):
                return PictureOutcome.NOT_A_PICTURE
            opened.load()
            image = _in_srgb(ImageOps.exif_transpose(opened))
    except Image.DecompressionBombError:
        return PictureOutcome.TOO_MANY_PIXELS
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return PictureOutcome.NOT_A_PICTURE
    image.thumbnail((MOST_SIDE, MOST_SIDE))
    png = _png(image)
    if len(png) > _LARGE:
        png = _png(image.quantize(256, method=Image.Quantize.FASTOCTREE))
    return image, png


def _is_whole(content: bytes, kind: str | None) -> bool:
    """Whether a file has its end. Pillow would tell, but WeasyPrint switches that off for the whole program."""
    if kind == "PNG":
        return b"IEND\xaeB`\x82" in content
    if kind == "JPEG":
        return b"\xff\xd9" in content
    return int.from_bytes(content[4:8], "little") + 8 <= len(content)


def _in_srgb(image: Image.Image) -> Image.Image:
    """The picture in the colours of screens, with its transparency and without anything else."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if (profile := image.info.get("icc_profile")) and image.mode in {"RGB", "CMYK", "L"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            changed = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            image = changed or image
        except ImageCms.PyCMSError:
            pass  # a broken profile: the colours as they are
    converted = image.convert(mode)
    plain = Image.new(mode, converted.size)
    plain.paste(converted)
    return plain


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
