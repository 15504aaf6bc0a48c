"""The site's own settings, and a place for the plain views' templates."""

from config.settings import *  # noqa: F403
from config.settings import BASE_DIR, DATABASES, TEMPLATES

TEMPLATES = [{**TEMPLATES[0], "DIRS": [*TEMPLATES[0]["DIRS"], BASE_DIR / "config/bench/templates"]}]
# What other processes take over would not be counted.
_options = DATABASES["default"]["OPTIONS"]
_options["options"] += " -c max_parallel_workers_per_gather=0"
LOGGING_CONFIG = None
