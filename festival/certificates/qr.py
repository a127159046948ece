"""The QR on a certificate, as dark runs that any drawing engine can fill."""

from __future__ import annotations

import qrcode.constants
from qrcode.main import QRCode


def qr_runs(content: str) -> tuple[int, list[tuple[int, int, int]]]:
    """A QR code (level M) as its width in squares and its dark runs: (column, row, length), from the top left.

    The mask is fixed: searching the best of eight costs most of the time, and any mask is valid by ISO/IEC 18004.
    """
    code = QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0, mask_pattern=3)
    code.add_data(content, optimize=0)
    code.make(fit=True)
    runs = []
    for row, squares in enumerate(code.modules):
        column = 0
        while column < len(squares):
            length = 0
            while column + length < len(squares) and squares[column + length]:
                length += 1
            if length:
                runs.append((column, row, length))
            column += length or 1
    return len(code.modules), runs
