"""Addresses that were public once and still answer."""

from urllib.parse import unquote

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from .fields import validate_web_address


def plain(path):
    """Return a path as it is kept: percent-decoded, at most 500 characters."""
    return unquote(path).replace("\0", "")[:500]


def spellings(path):
    """Return the forms under which a path may be kept: with its query or without, with a slash or without."""
    wanted = plain(path)
    without_query = wanted.partition("?")[0]
    return {wanted, without_query, without_query.rstrip("/") or "/", f"{without_query.rstrip('/')}/"}


class RedirectQuerySet(models.QuerySet):
    def target_of(self, path):
        """Return the address that an old path leads to, or None; never a page that is not public."""
        found = {
            redirect.path: redirect
            for redirect in self.filter(path__in=spellings(path)).select_related("article", "page")
        }
        if not found:
            return None
        target = found.get(plain(path), next(iter(found.values()))).get_absolute_url()
        # Old and new may differ by their last slash alone, and both forms were asked for.
        return None if target is None or plain(target) in spellings(path) else target

    def lead(self, old, new):
        """Let an old path lead to a new one, and with it all that led to the old one: no chain, no loop."""
        old, new = plain(old), plain(new)
        self.filter(path=new).delete()
        self.filter(url=old).update(url=new)
        self.update_or_create(path=old, defaults={"article": None, "page": None, "url": new})


class Redirect(models.Model):
    """Leads to a row where it can, not to a path, so that it is never a chain and never a loop."""

    path = models.CharField(
        _("old address"), max_length=500, unique=True, help_text=_("A path with its query, such as /?p=12.")
    )
    article = models.ForeignKey(
        "articles.Article",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="old_addresses",
        verbose_name=_("article"),
    )
    page = models.ForeignKey(
        "articles.Page",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="old_addresses",
        verbose_name=_("page"),
    )
    url = models.CharField(_("other address"), max_length=500, blank=True, validators=[validate_web_address])

    objects = RedirectQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        verbose_name = _("redirect")
        verbose_name_plural = _("redirects")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(article__isnull=False, page=None, url="")
                | models.Q(article=None, page__isnull=False, url="")
                | (models.Q(article=None, page=None) & ~models.Q(url="")),
                name="redirect_has_one_target",
                violation_error_message=_("Choose an article, a page or an address: one of them."),
            ),
            models.CheckConstraint(
                condition=models.Q(path__startswith="/") & ~models.Q(path=models.F("url")),
                name="redirect_path_begins_with_slash",
                violation_error_message=_("An old address begins with / and differs from the new one."),
            ),
        ]

    def __str__(self):
        return self.path

    def save(self, **kwargs):
        self.path = plain(self.path)
        super().save(**kwargs)

    def get_absolute_url(self):
        if self.article:
            # Of a withdrawn article, too, every address that it had says why.
            told = self.article.is_published or self.article.state == "withdrawn"
            return self.article.get_absolute_url() if told else None
        if self.page:
            return self.page.get_absolute_url() if self.page.is_published else None
        return self.url

    def clean(self):
        if self.url and Redirect.objects.filter(path=plain(self.url)).exclude(pk=self.pk).exists():
            raise ValidationError(
                {"url": _("This address is itself an old one. Lead straight to where it leads.")}
            )
