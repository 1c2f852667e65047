"""The same ways of typing a date in English: people here write the day first in either language."""

from project.face.formats.nl.formats import DATE_INPUT_FORMATS, DATETIME_INPUT_FORMATS, TIME_INPUT_FORMATS

__all__ = ["DATETIME_INPUT_FORMATS", "DATE_FORMAT", "DATE_INPUT_FORMATS", "TIME_FORMAT", "TIME_INPUT_FORMATS"]

DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
