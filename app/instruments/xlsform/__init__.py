"""Instruments as XLSForm, the workbook that Kobo and ODK build forms from, and back.

Neither way is everything carried over: what is lost is told, place by place.
"""

from app.instruments.xlsform.conditions import ConditionUnread, read_relevant, write_relevant
from app.instruments.xlsform.losses import Loss
from app.instruments.xlsform.reading import read_xlsform
from app.instruments.xlsform.writing import write_xlsform

__all__ = [
    "ConditionUnread",
    "Loss",
    "read_relevant",
    "read_xlsform",
    "write_relevant",
    "write_xlsform",
]
