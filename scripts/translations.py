"""Keeps the Vietnamese catalogue complete: `python scripts/translations.py check | update [FOLDER] | compile`.

check    every text of festival/ and templates/ has a finished translation with the same placeholders, and nothing else
         is in the catalogue; part of `make lint`
update   `make translations`: writes the catalogue anew from the texts in use, keeping what is translated; never guesses
         (no fuzzy matches), drops what is no longer used; FOLDER may hold *.po fragments that fill gaps
compile  makes the .mo that the application reads; `make run` and `make test` do it when the .po is newer
"""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = ROOT / "festival" / "translations"
SOURCES = [("festival/**.py", "python"), ("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2")]
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "_l": None, "lazy_ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"%\(\w+\)[#0\- +]?[\d.]*[a-z]|%[sd]")


def texts_in_use() -> Catalog:
    """Every text that the code and the templates ask a translation for."""
    catalogue = Catalog(project="Festival", charset="utf-8")
    for folder in ("festival", "templates"):
        found = extract_from_dir(
            ROOT / folder,
            method_map=[(pattern.removeprefix(f"{folder}/"), method) for pattern, method in SOURCES],
            keywords=KEYWORDS,
            comment_tags=("Translators:",),
            strip_comment_tags=True,
            directory_filter=lambda path: Path(path).name not in ("translations", "__pycache__"),
        )
        for file, line, text, comments, context in found:
            catalogue.add(text, None, [(f"{folder}/{file}", line)], auto_comments=comments, context=context)
    return catalogue


def read(file: Path) -> Catalog:
    with file.open("rb") as stream:
        return read_po(stream, locale="vi", abort_invalid=True)


def catalogue_files() -> list[Path]:
    return sorted(CATALOGUES.glob("*/LC_MESSAGES/messages.po"))


def strings(message: Message) -> list[str]:
    given = message.string or ""
    return [given] if isinstance(given, str) else list(given)


def singular(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def wrong_placeholders(message: Message) -> bool:
    """Whether a translation leaves out, adds or misspells a placeholder of the English text.

    A plural may leave out what its singular leaves out: "One seat left" beside "%(num)s seats left".
    """
    originals = [message.id] if isinstance(message.id, str) else list(message.id)
    allowed = {frozenset(PLACEHOLDER.findall(text)) for text in originals}
    if not isinstance(message.id, str):
        # Vietnamese has one form for all numbers, so it may use the fuller set.
        allowed.add(frozenset().union(*allowed))
    return any(frozenset(PLACEHOLDER.findall(text)) not in allowed for text in strings(message))


def faults(used: Catalog, catalogue: Catalog) -> Iterator[str]:
    for message in used:
        if not message.id:
            continue
        translated = catalogue.get(message.id, context=message.context)
        where = f'{message.locations[0][0]}:{message.locations[0][1]} "{singular(message)}"'
        if translated is None:
            yield f"not translated: {where}"
        elif translated.id != message.id:
            yield f"its plural is another one in the code: {where}"
        elif translated.fuzzy:
            yield f"marked fuzzy: {where}"
        elif not all(strings(translated)):
            yield f"empty: {where}"
        elif wrong_placeholders(translated):
            yield f"other placeholders than the English text: {where}"
    for message in catalogue:
        if message.id and used.get(message.id, context=message.context) is None:
            yield f'no longer used: "{singular(message)}"'
    for message in catalogue.obsolete.values():
        yield f'no longer used, kept as a comment: "{singular(message)}"'


def check() -> int:
    used = texts_in_use()
    files = catalogue_files()
    if not files:
        print("translations: there is no catalogue; `make translations` makes it", file=sys.stderr)
        return 1
    count = 0
    for file in files:
        for fault in faults(used, read(file)):
            print(f"{file.relative_to(ROOT)}: {fault}", file=sys.stderr)
            count += 1
    if count:
        print(f"translations: {count} faults; `make translations` renews the catalogue, then fill it", file=sys.stderr)
        return 1
    print(f"translations: {len(used)} texts, complete in {', '.join(file.parts[-3] for file in files)}")
    return 0


def update(fragments: Path | None) -> int:
    """Rewrite the catalogues. Fragments win over nothing and lose against what is already translated."""
    used = texts_in_use()
    files = catalogue_files() or [CATALOGUES / "vi" / "LC_MESSAGES" / "messages.po"]
    for file in files:
        catalogue = read(file) if file.exists() else Catalog(locale=file.parts[-3], charset="utf-8")
        known = {(message.id, message.context): message for message in catalogue if message.id}
        for fragment in sorted(fragments.glob("*.po")) if fragments else []:
            for message in read(fragment):
                key = (message.id, message.context)
                if message.id and all(strings(message)) and not (key in known and all(strings(known[key]))):
                    known[key] = message
        renewed = Catalog(locale=file.parts[-3], project="Festival", charset="utf-8")
        for message in used:
            if message.id:
                old = known.get((message.id, message.context))
                string = old.string if old and not old.fuzzy else None
                renewed.add(message.id, string, message.locations, context=message.context)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as stream:
            # No line numbers and no dates: a change in the code must not touch every entry.
            write_po(stream, renewed, width=120, omit_header=False, sort_output=True, include_lineno=False)
        _without_dates(file)
        gaps = [message for message in renewed if message.id and not all(strings(message))]
        print(f"{file.relative_to(ROOT)}: {len(renewed)} texts, {len(gaps)} not yet translated")
        for message in gaps:
            print(f'  {message.locations[0][0]}: "{singular(message)}"')
    compile_catalogues()
    return 0


def _without_dates(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    dates = ('"POT-Creation-Date:', '"PO-Revision-Date:')
    file.write_text("".join(line for line in lines if not line.startswith(dates)), encoding="utf-8")


def compile_catalogues() -> None:
    """Make messages.mo beside each messages.po that is newer than it."""
    for file in catalogue_files():
        compiled = file.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < file.stat().st_mtime:
            with compiled.open("wb") as stream:
                write_mo(stream, read(file))


def main() -> int:
    parser = argparse.ArgumentParser(description="Keeps the Vietnamese catalogue complete.")
    parser.add_argument("what", choices=["check", "update", "compile"])
    parser.add_argument("fragments", nargs="?", type=Path, help="update: a folder of *.po files that fill gaps")
    asked = parser.parse_args()
    if asked.what == "check":
        return check()
    if asked.what == "update":
        return update(asked.fragments)
    compile_catalogues()
    return 0


if __name__ == "__main__":
    sys.exit(main())
