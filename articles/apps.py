from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    """What is published: articles, authors, tags, pictures, pages, and how readers find them."""

    name = "articles"
    verbose_name = _("Publication")
