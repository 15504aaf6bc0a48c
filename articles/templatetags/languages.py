"""The same page in the other languages of the site."""

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html, format_html_join

from articles.models import Language

register = template.Library()
DEFAULT = settings.LANGUAGE_CODE


@register.filter
def address(row):
    """Return the path of an article of which a query has brought only {"language", "slug"}."""
    with translation.override(row["language"]):
        return reverse("articles:article", args=[row["slug"]])


@register.filter
def in_language(article, language):
    """Return where the language's link leads: the article's translation, else that language's front page.

    On pages that are no article's there is none ("").
    """
    for row in getattr(article, "translations", None) or []:
        if row["language"] == language:
            return address(row)
    return "/" if language == DEFAULT else f"/{language}/"


@register.simple_tag
def translated(article):
    """Return the links that name an article and its translations (HTML, section 4.6.6.1), itself included."""
    rows = getattr(article, "translations", None)
    if not rows:
        return ""
    paths = {row["language"]: address(row) for row in rows}
    return linked(paths | {article.language: article.get_absolute_url()})


@register.simple_tag(takes_context=True)
def everywhere(context):
    """Return the links that name a page which each language of the site has, under one path."""
    languages, request = context["site"].languages, context["request"]
    if len(languages) < 2 or request.GET.get("page", "1") != "1":
        return ""
    current = translation.get_language()
    path = request.path if current == DEFAULT else request.path.removeprefix(f"/{current}")
    return linked({code: path if code == DEFAULT else f"/{code}{path}" for code in languages})


def linked(paths):
    """Return the links of {language: path}; who speaks none of them is led to the first one."""
    paths = {code: settings.SITE_URL + paths[code] for code in Language.values if code in paths}
    paths["x-default"] = next(iter(paths.values()))
    links = format_html_join("\n", '<link rel="alternate" hreflang="{}" href="{}">', paths.items())
    return format_html("{}\n", links)
