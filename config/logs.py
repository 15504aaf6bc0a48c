"""Log lines that stay one line, whatever a visitor puts into an address."""

import logging
import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_OR_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class LineFormatter(logging.Formatter):
    """Time, level, logger, message; control characters of the message are escaped (CWE-117).

    The lines of a traceback are indented, so that none can pass for an entry of its own.
    """

    def __init__(self):
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record):
        # What a hostile request provokes is worth a line, not the traceback by which it would fill the disk.
        if record.name.startswith("django.security"):
            record.exc_info = record.exc_text = None
        return super().format(record)

    def formatMessage(self, record):
        record.message = _CONTROL_OR_LINE.sub(_escaped, record.message)
        return super().formatMessage(record)

    def formatException(self, info):
        lines = super().formatException(info).split("\n")
        return "\n".join("    " + _CONTROL.sub(_escaped, line) for line in lines)


def _escaped(match):
    return repr(match.group())[1:-1]
