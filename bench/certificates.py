"""How fast certificates are printed: one file for the printer, separate files, separate and signed ones.

Measured beside them in the same run: WeasyPrint rendering each certificate anew (`weasyprint`, `times_weasyprint`), and
as `limit` Typst making the same page, one document of many beside our bulk file and a document each beside our separate
ones; `ratio` is our rate divided by it. Typst signs nothing. One process, one core.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

from festival.certificates.base_pages import base_page
from festival.certificates.layout import render_whole
from festival.certificates.printing import print_all, print_one
from festival.certificates.wording import CertificateText, verification_url
from tests.certificates.paper import SHEET

ROUNDS = 3
WHOLE, SEPARATE, SIGNED, BULK, MEMORY_PAGES = 8, 1_000, 200, 10_000, 10_000
TYPST_SEPARATE, TYPST_BULK = 40, 400

_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Hoàng", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô")
_MIDDLE = ("Thị", "Văn", "Thị Thuỳ", "Hữu", "Minh", "Ngọc", "Quốc", "Thị Phương", "Đức", "Xuân", "Thanh", "Kim", "Gia")
_GIVEN = ("Dương", "Hoa", "Ước", "Tuấn", "Linh", "Khôi", "Ánh", "Hạnh", "Phúc", "Nghĩa", "Quyên", "Trân", "Tỵ", "Yến")


def people(count: int, start: int = 0) -> Iterator[CertificateText]:
    """As many different certificates; nobody real."""
    for number in range(start, start + count):
        given = f"{_GIVEN[number // 182 % 14]} {_GIVEN[number // 2548 % 14]}"
        name = f"{_FAMILY[number % 14]} {_MIDDLE[number // 14 % 13]} {given}"
        code = f"{number:08d}"
        yield CertificateText(
            sheet=SHEET,
            name=name,
            serial=f"{number + 1:04d}/2027/CN",
            code=code,
            verification_url=verification_url("https://festival.example.vn", code),
            issued_on=date(2027, 10, 10),
        )


def run() -> Iterator[dict[str, object]]:
    """The figures, each the median of three rounds; `cpu_ms` is processor time for one certificate."""
    base_page(SHEET)
    whole: list[tuple[float, float]] = []
    separate: list[tuple[float, float]] = []
    signed: list[tuple[float, float]] = []
    bulk: list[tuple[float, float]] = []
    typst: dict[str, list[tuple[float, float]]] = {"separate": [], "bulk": []}
    for turn in range(ROUNDS):
        whole.append(_rate(WHOLE, lambda: [render_whole(text) for text in people(WHOLE)]))
        # Other people each time, so that no round finds the last one's names in a cache.
        alone, together = turn * SEPARATE, 100_000 + turn * BULK
        separate.append(_rate(SEPARATE, partial(_print_separately, alone)))
        signed.append(_rate(SIGNED, partial(_print_signed, 50_000 + turn * SIGNED)))
        bulk.append(_rate(BULK, partial(_print_together, together)))
        typst["separate"].append(_rate(TYPST_SEPARATE, partial(_typst, alone, TYPST_SEPARATE, 1)))
        typst["bulk"].append(_rate(TYPST_BULK, partial(_typst, together, TYPST_BULK, TYPST_BULK)))
    weasyprint = statistics.median(rate for rate, _ in whole)
    for metric, rounds, count in (("separate", separate, SEPARATE), ("signed", signed, SIGNED), ("bulk", bulk, BULK)):
        value = statistics.median(rate for rate, _ in rounds)
        yield {
            "bench": "certificates",
            "metric": f"{metric}_rate",
            "value": round(value, 1),
            "unit": "certificates/s",
            "cpu_ms": round(statistics.median(cpu for _, cpu in rounds), 3),
            "certificates": count,
            "weasyprint": round(weasyprint, 2),
            "times_weasyprint": round(value / weasyprint, 1),
            **_beside(value, typst.get(metric)),
        }
    yield {
        "bench": "certificates",
        "metric": "base_page_bytes",
        "value": len(base_page(SHEET).pdf),
        "unit": "bytes",
        "one_file": len(print_one(next(people(1)))),
    }
    yield {
        "bench": "certificates",
        "metric": "bulk_peak_memory",
        "value": _peak_memory(),
        "unit": "MB",
        "certificates": MEMORY_PAGES,
    }


def _beside(value: float, rounds: list[tuple[float, float]] | None) -> dict[str, object]:
    if rounds is None:
        return {}
    limit = statistics.median(rate for rate, _ in rounds)
    return {"limit": round(limit, 1), "limit_is": "Typst", "ratio": round(value / limit, 2)}


def _typst(start: int, count: int, at_once: int) -> None:
    from bench import typst_page

    with tempfile.TemporaryDirectory() as folder:
        texts = list(people(count, start))
        compiler = typst_page.prepare(Path(folder), texts[0])
        for first in range(0, count, at_once):
            typst_page.make(compiler, texts[first : first + at_once])


def _print_separately(start: int) -> None:
    for text in people(SEPARATE, start):
        print_one(text)


def _print_signed(start: int) -> None:
    """As they go out where a design is signed with an EC P-256 key: opened once, as in each worker."""
    # Loaded here: the process that measures memory prints and signs nothing.
    from festival.certificates.signing import signed_by, signer_of_file
    from festival.certificates.signing_keys import new_key_file

    signer = signer_of_file(*new_key_file("Phường Thử Nghiệm"))
    for text in people(SIGNED, start):
        signed_by(signer, print_one(text), "Phường Thử Nghiệm")


def _print_together(start: int) -> None:
    with tempfile.TemporaryFile() as file:
        print_all([SHEET], people(BULK, start), file)


def _rate(count: int, work: Callable[[], object]) -> tuple[float, float]:
    """Certificates a second, and milliseconds of processor time for each."""
    began, busy = time.perf_counter(), time.process_time()
    work()
    return count / (time.perf_counter() - began), (time.process_time() - busy) / count * 1000


def _peak_memory() -> float:
    """The most memory a fresh process needs to print the large file, in MB: program, fonts and all."""
    printed = subprocess.run(
        [sys.executable, "-m", "bench.certificates"], check=True, capture_output=True, text=True, env=dict(os.environ)
    )
    return float(printed.stdout)


if __name__ == "__main__":
    with tempfile.TemporaryFile() as large:
        print_all([SHEET], people(MEMORY_PAGES), large)
    # Not `ru_maxrss`: on Linux that begins with what the process had that started this one.
    (most,) = (line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
    print(round(int(most) / 1024, 1))
