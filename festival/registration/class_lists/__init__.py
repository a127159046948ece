"""Class lists: a school registers whole classes from a spreadsheet, one registration a pupil."""
