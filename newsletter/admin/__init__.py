"""The editors' desk for the newsletter."""

from . import newsletter, subscriber, suppression  # noqa: F401  registers them
