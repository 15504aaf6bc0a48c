"""Addresses that are the whole site's and the same in every language."""

from django.urls import path, re_path, register_converter
from django.urls.converters import IntConverter

from . import sitemaps


class ShortNumber(IntConverter):
    """A number that a database can hold, however it is reckoned with."""

    regex = "[0-9]{1,9}"


register_converter(ShortNumber, "short")

urlpatterns = [
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    re_path(r"^sitemaps/(?P<name>pages|authors|news)\.xml$", sitemaps.part, name="sitemap-part"),
    path("sitemaps/articles-<short:block>.xml", sitemaps.articles, name="sitemap-articles"),
    path("sitemaps/tags-<short:block>.xml", sitemaps.tags, name="sitemap-tags"),
]
