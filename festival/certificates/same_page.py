"""Whether a PDF from elsewhere still shows our page: what is drawn, with what, and how large."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator

import pikepdf

_BOXES = ("/MediaBox", "/CropBox", "/Rotate", "/UserUnit")
_STORAGE = frozenset({"/Length", "/Filter", "/DecodeParms", "/DL"})
"""How a stream is stored, not what it holds."""
_DEEPEST = 24
_MOST_OBJECTS = 5_000


def shows_same_page(ours: bytes, theirs: bytes) -> bool:
    """Whether `theirs` has one page, and it draws what `ours` does: the same strokes, fonts and pictures.

    A program that signs may store everything in another way and add the field of its signature, nothing else: any other
    annotation could lie over a name. False for whatever cannot be read.
    """
    try:
        with pikepdf.open(io.BytesIO(ours)) as known, pikepdf.open(io.BytesIO(theirs)) as sent:
            if len(known.pages) != 1 or len(sent.pages) != 1:
                return False
            a, b = known.pages[0].obj, sent.pages[0].obj
            return (
                _strokes(a) == _strokes(b)
                and all(_plain(_inherited(a, box)) == _plain(_inherited(b, box)) for box in _BOXES)
                and _has_all(_inherited(b, "/Resources"), _inherited(a, "/Resources"))
                and _only_signatures_added(a, b)
            )
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RecursionError, NotImplementedError):
        return False


def _strokes(page: pikepdf.Object) -> list[bytes]:
    """What is drawn, word by word; a pair of q and Q around all of it changes nothing."""
    contents = page.get("/Contents")
    streams = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    words = b"\n".join(stream.read_bytes() for stream in streams if stream is not None).split()
    if words[:1] == [b"q"] and words[-1:] == [b"Q"] and _is_one_pair(words):
        words = words[1:-1]
    return words


def _is_one_pair(words: list[bytes]) -> bool:
    depth = 0
    for place, word in enumerate(words):
        depth += {b"q": 1, b"Q": -1}.get(word, 0)
        if depth == 0 and place < len(words) - 1:
            return False
    return depth == 0


def _inherited(page: pikepdf.Object, name: str) -> pikepdf.Object | None:
    """A page's own value or that of the branch it hangs on."""
    for _step in range(_DEEPEST):
        if name in page:
            return page[name]
        if "/Parent" not in page:
            return None
        page = page["/Parent"]
    return None


def _has_all(theirs: pikepdf.Object | None, ours: pikepdf.Object | None) -> bool:
    """Whether every font, picture and the like of ours is there under its name, unchanged."""
    if ours is None:
        return True
    if theirs is None:
        return False
    for kind in ours.keys():  # noqa: SIM118  (a pikepdf dictionary)
        if kind == "/ProcSet":
            continue
        for name, value in ours[kind].items():
            if kind not in theirs or name not in theirs[kind] or _digest(value) != _digest(theirs[kind][name]):
                return False
    return True


def _only_signatures_added(ours: pikepdf.Object, theirs: pikepdf.Object) -> bool:
    known = [_digest(one) for one in ours.get("/Annots") or ()]
    for one in theirs.get("/Annots") or ():
        digest = _digest(one)
        if digest in known:
            known.remove(digest)
        elif one.get("/Subtype") != "/Widget" or _inherited(one, "/FT") != "/Sig":
            return False
    return not known


def _digest(thing: pikepdf.Object | None) -> bytes:
    total = hashlib.sha256()
    for count, piece in enumerate(_pieces(thing, 0, set())):
        if count > _MOST_OBJECTS:
            raise ValueError("more than any page of ours has")
        total.update(len(piece).to_bytes(8) + piece)
    return total.digest()


def _pieces(thing: object, depth: int, seen: set[tuple[int, int]]) -> Iterator[bytes]:
    """An object and what hangs on it, whatever their numbers are in the file; the way back up is not gone."""
    if depth > _DEEPEST:
        raise ValueError("deeper than any page of ours")
    if isinstance(thing, pikepdf.Object) and thing.is_indirect:
        if thing.objgen in seen:
            yield b"again"
            return
        seen = seen | {thing.objgen}
    match thing:
        case pikepdf.Stream():
            yield b"stream"
            yield from _members(thing, depth, seen)
            yield _content_of(thing)
        case pikepdf.Dictionary():
            yield b"dictionary"
            yield from _members(thing, depth, seen)
        case pikepdf.Array():
            yield b"array"
            for one in thing:
                yield from _pieces(one, depth + 1, seen)
        case _:
            yield _plain(thing)


def _members(thing: pikepdf.Object, depth: int, seen: set[tuple[int, int]]) -> Iterator[bytes]:
    for name in sorted(thing.keys()):
        if name not in _STORAGE and name not in ("/Parent", "/P", "/StructParent", "/StructParents"):
            yield name.encode()
            yield from _pieces(thing[name], depth + 1, seen)


def _content_of(stream: pikepdf.Object) -> bytes:
    try:
        return stream.read_bytes()
    except pikepdf.PdfError:  # a JPEG stays one
        return stream.read_raw_bytes()


def _plain(thing: object) -> bytes:
    if isinstance(thing, pikepdf.Object):
        return thing.unparse(resolved=True)
    return str(thing).encode()
