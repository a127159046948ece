"""Problems of a programme file in words: where it is, what is wrong, what to do."""

from __future__ import annotations

from flask_babel import LazyString, gettext, lazy_gettext

from festival.programme.reading import Problem, ProblemCode, Severity

_WORDS: dict[ProblemCode, LazyString] = {
    ProblemCode.EMPTY_FILE: lazy_gettext("The file is empty. Please choose the workbook again."),
    ProblemCode.TOO_LARGE: lazy_gettext(
        "The file is larger than %(limit)s MB. Remove pictures from it, or start from our template."
    ),
    ProblemCode.PDF: lazy_gettext("This is a PDF. Please send the Excel workbook it was made from (.xlsx)."),
    ProblemCode.OLD_EXCEL: lazy_gettext(
        "This is an Excel file of the old kind (.xls). Open it and save it as “Excel Workbook (.xlsx)”."
    ),
    ProblemCode.ENCRYPTED: lazy_gettext("The file is protected by a password. Save it without one and send that."),
    ProblemCode.PLAIN_TEXT: lazy_gettext(
        "This is a text or CSV file. Open it in Excel and save it as “Excel Workbook (.xlsx)”."
    ),
    ProblemCode.OTHER_ENCODING: lazy_gettext(
        "This text file has lost its Vietnamese letters. Save it as “CSV UTF-8”, or as an Excel workbook (.xlsx)."
    ),
    ProblemCode.OTHER_PACKAGE: lazy_gettext(
        "This is not an Excel workbook, although it may be a Word file or a zip. Please send an .xlsx file."
    ),
    ProblemCode.NOT_A_WORKBOOK: lazy_gettext("This is not an Excel workbook. Please send an .xlsx file."),
    ProblemCode.DAMAGED: lazy_gettext(
        "The file is damaged or incomplete. Open it in Excel, save it again and send the new copy."
    ),
    ProblemCode.UNPACKS_TOO_LARGE: lazy_gettext(
        "The file unpacks to more than we read (%(limit)s MB or a million cells). "
        "Delete empty formatted rows, or copy your rows into our template."
    ),
    ProblemCode.DANGEROUS: lazy_gettext(
        "The file contains something no spreadsheet program writes, so it was not opened. "
        "Copy your rows into our template."
    ),
    ProblemCode.NO_KNOWN_SHEET: lazy_gettext(
        "None of the sheets %(expected)s is in the file; it has %(found)s. Rename the sheets or use our template."
    ),
    ProblemCode.NO_LIST: lazy_gettext(
        "No list of booths or classes was found in the file. It needs a line with the names of the columns, such as "
        "“Tên gian” and “Vị trí”, or “Tên lớp” and “Thời gian”."
    ),
    ProblemCode.FESTIVAL_FIRST: lazy_gettext(
        "This is a list, not our template. Make the festival by hand first and import the list into it."
    ),
    ProblemCode.SHEET_MISSING: lazy_gettext("The sheet is missing; nothing of it is imported."),
    ProblemCode.SHEET_TWICE: lazy_gettext("There are two sheets of this name, so none is read. Rename one of them."),
    ProblemCode.SHEET_HIDDEN: lazy_gettext("The sheet is hidden in the workbook; it is read all the same."),
    ProblemCode.HEADER_MISSING: lazy_gettext(
        "No line with column names was found, so the sheet was not read. It needs at least: %(expected)s."
    ),
    ProblemCode.COLUMN_MISSING: lazy_gettext("The column is missing, so the sheet was not read. Add it to the header."),
    ProblemCode.COLUMN_TWICE: lazy_gettext("There are two such columns, so the sheet was not read. Remove one."),
    ProblemCode.COLUMN_UNKNOWN: lazy_gettext("We do not know this column; it is not read."),
    ProblemCode.LABEL_UNKNOWN: lazy_gettext("We do not know this line; it is not read."),
    ProblemCode.LABEL_TWICE: lazy_gettext("This line occurs twice; the first one counts."),
    ProblemCode.TOO_MANY_ROWS: lazy_gettext(
        "A sheet is read up to %(most)s rows; this row and those below it are not. Split the file."
    ),
    ProblemCode.FORMULA: lazy_gettext(
        "The cell holds a formula. Formulas are not read: copy it and paste it as a value."
    ),
    ProblemCode.ERROR_VALUE: lazy_gettext("The cell shows an error of Excel. Type the value itself."),
    ProblemCode.MISSING: lazy_gettext("This is needed and was left empty."),
    ProblemCode.MERGED: lazy_gettext(
        "The cell is merged with others and only the first of them holds a value. Unmerge them and fill in each row."
    ),
    ProblemCode.NOT_TEXT: lazy_gettext("This should be text. Format the cell as text and type it again."),
    ProblemCode.TOO_LONG: lazy_gettext("The text has %(length)s characters; at most %(most)s fit."),
    ProblemCode.NOT_A_NUMBER: lazy_gettext("This should be a number alone, such as 30."),
    ProblemCode.NOT_WHOLE: lazy_gettext("This should be a whole number, such as 30."),
    ProblemCode.OUT_OF_RANGE: lazy_gettext("This should be from %(least)s to %(most)s."),
    ProblemCode.NOT_A_DATE: lazy_gettext("This is not a date. Write day/month/year, such as 10/10/2027."),
    ProblemCode.NOT_A_TIME: lazy_gettext("This is not a time of day. Write it like 8:30 or 8h30."),
    ProblemCode.BAD_CODE: lazy_gettext("A code has up to 12 capital letters and digits without spaces, such as A01."),
    ProblemCode.ZEROS_LOST: lazy_gettext("The code lost the zeros at its front; it is read as %(read)s."),
    ProblemCode.WARD_UNKNOWN: lazy_gettext("There is no ward with this code. It has 5 digits, such as 00256."),
    ProblemCode.NOT_A_BIRTH: lazy_gettext(
        "This is no year or day of birth. Write 2015, or day/month/year such as 09/03/2015."
    ),
    ProblemCode.NOT_A_PHONE: lazy_gettext("A phone number has 10 digits and begins with 03, 05, 07, 08 or 09."),
    ProblemCode.ROW_HIDDEN: lazy_gettext("The row is hidden in the workbook; it is imported all the same."),
    ProblemCode.DUPLICATE: lazy_gettext("The same stands already in row %(other)s; that one counts."),
    ProblemCode.DIFFERS: lazy_gettext("This differs from row %(other)s of the same class; what stands there counts."),
    ProblemCode.ENDS_BEFORE_START: lazy_gettext("The end must come after the start (%(start)s)."),
    ProblemCode.OTHER_DAY: lazy_gettext("The festival is on %(against)s."),
    ProblemCode.BEFORE_OPENING: lazy_gettext("The festival opens at %(against)s only."),
    ProblemCode.AFTER_CLOSING: lazy_gettext("The festival closes at %(against)s already."),
    ProblemCode.ROOM_TAKEN: lazy_gettext("The session of row %(other)s is in this room at the same time."),
    ProblemCode.GUARDIAN_MISSING: lazy_gettext("A child needs the name of a parent or guardian."),
    ProblemCode.GROWN_UP: lazy_gettext("Born in %(year)s: is that right for a pupil?"),
    ProblemCode.NO_PHONE: lazy_gettext("No phone number: nobody can be reached if something changes."),
    ProblemCode.SESSION_UNKNOWN: lazy_gettext("There is no such session to come; registered without it."),
    ProblemCode.SESSION_UNCLEAR: lazy_gettext(
        "There are several sessions of this name: write the hour before it, such as “%(example)s”. "
        "Registered without it."
    ),
    ProblemCode.SESSION_FULL: lazy_gettext("The session has too few seats: some will stand on its waiting list."),
    ProblemCode.KNOWN_ALREADY: lazy_gettext("This pupil is registered already."),
}


def words(problem: Problem) -> str:
    """What is wrong and what to do, one or two sentences in the reader's language."""
    return str(_WORDS[problem.code]) % dict(problem.details)


def place(problem: Problem) -> str:
    """Where to look: sheet, row and column as the spreadsheet program shows them; "" for the whole file."""
    parts = []
    if problem.sheet:
        parts.append(gettext("sheet “%(name)s”", name=problem.sheet))
    if problem.row:
        parts.append(gettext("row %(number)s", number=problem.row))
    if problem.column and problem.letter:
        parts.append(gettext("column %(letter)s “%(name)s”", letter=problem.letter, name=problem.column))
    elif problem.column or problem.letter:
        parts.append(gettext("column “%(name)s”", name=problem.column or problem.letter or ""))
    return ", ".join(parts)


def severity_words(severity: Severity) -> str:
    """What happens to what the problem names."""
    return str(gettext("Not imported") if severity is Severity.REFUSED else gettext("To check"))
