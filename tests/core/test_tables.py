"""Tables on a phone: each cell is told the words of its column."""

from __future__ import annotations

from festival.templating import labelled


def test_each_cell_carries_the_words_of_its_column() -> None:
    cells = '<th scope="row">A01</th>\n<td class="number">\n</td><td><a href="/">Khu A</a></td>'

    assert labelled(cells, ["Mã", ("Điện (W)", "number"), 'Khu "lớn"']) == (
        '<th scope="row" data-label="Mã">A01</th>\n<td class="number" data-empty>\n</td>'
        '<td data-label="Khu &#34;lớn&#34;"><a href="/">Khu A</a></td>'
    )
