"""Log lines that stay one line, whatever a visitor puts into an address."""

import logging
import re

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class LineFormatter(logging.Formatter):
    """Time, level, logger, message; control characters of the message are escaped (CWE-117)."""

    def __init__(self):
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record):
        record.message = _CONTROL.sub(lambda match: repr(match.group())[1:-1], record.message)
        return super().formatMessage(record)
