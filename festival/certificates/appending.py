"""A PDF continued after its end (ISO 32000-1, 7.5.6, incremental updates): new objects, a table of where they are, and
a trailer that points back."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import IO


@dataclass(frozen=True)
class Saved:
    """A PDF that can be continued, and the numbers of its objects that continuing needs."""

    pdf: bytes
    size: int
    """How many objects it has: the first free object number."""
    xref_at: int
    id: str
    root: int
    info: int
    pages: int


class Update:
    """Objects appended to a file, and the cross-reference section that makes them count."""

    def __init__(self, base: Saved, out: IO[bytes]) -> None:
        self.base, self.out = base, out
        self.at = len(base.pdf)
        self.offsets: dict[int, int] = {}
        out.write(base.pdf)

    def add(self, number: int, content: bytes) -> None:
        """Write object `number`, new or in place of the base's."""
        self.offsets[number] = self.at
        self.at += self.out.write(b"%d 0 obj\n%b\nendobj\n" % (number, content))

    def add_stream(self, number: int, content: bytes) -> None:
        """Write object `number` as a compressed stream."""
        packed = zlib.compress(content, 1)
        self.add(number, b"<</Length %d /Filter /FlateDecode>>\nstream\n%b\nendstream" % (len(packed), packed))

    def close(self, key: str) -> None:
        """The table of offsets (in runs of consecutive numbers) and the trailer; `key` makes the file's own identifier.

        The first identifier stays that of the base, as for every version of one file (ISO 32000-1, 14.4).
        """
        numbers = sorted(self.offsets)
        lines = [b"xref\n"]
        start = 0
        while start < len(numbers):
            end = start + 1
            while end < len(numbers) and numbers[end] == numbers[end - 1] + 1:
                end += 1
            lines.append(b"%d %d\n" % (numbers[start], end - start))
            lines += [b"%010d 00000 n \n" % self.offsets[number] for number in numbers[start:end]]
            start = end
        base = self.base
        own_id = hashlib.sha256(key.encode()).hexdigest()[:32]
        lines.append(
            f"trailer\n<</Size {max(base.size, numbers[-1] + 1)} /Root {base.root} 0 R /Info {base.info} 0 R "
            f"/Prev {base.xref_at} /ID [<{base.id}> <{own_id}>]>>\nstartxref\n{self.at}\n%%EOF\n".encode("ascii")
        )
        self.out.write(b"".join(lines))
