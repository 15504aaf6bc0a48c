"""The editors' workplace: one module a concept."""

from django.contrib import admin
from taggit import admin as taggit_admin  # noqa: F401  registers its own Tag, which we do not use
from taggit.models import Tag

from . import article, author, book, image, journal, link, missed, page, redirect, series, site, tag  # noqa: F401

admin.site.unregister(Tag)
