"""The same piece in several languages."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models.functions import Coalesce, JSONObject
from django.utils.translation import gettext_lazy as _

from articles import edition


class TranslatedQuerySet(models.QuerySet):
    """What articles know of their translations."""

    def with_translations(self):
        """With the other `translations` that readers may see, as [{"language", "slug", "title"}]."""
        # A rework is in no group: it will stand where its article stands.
        group = Coalesce(models.OuterRef("draft_of__translation_group"), models.OuterRef("translation_group"))
        others = self.model.objects.filter(translation_group=group).exclude(
            language=models.OuterRef("language")
        )
        others = others.filter(status="published", published_at__lte=edition.now(), draft_of=None)
        words = JSONObject(language="language", slug="slug", title="title")
        return self.annotate(translations=ArraySubquery(others.order_by("language").values(json=words)))


class TranslationGroupQuerySet(models.QuerySet):
    def sweep(self):
        """Delete those that hold fewer than two articles."""
        members = self.model._meta.get_field("articles").related_model.objects
        second = members.filter(translation_group=models.OuterRef("pk")).order_by().values("pk")[1:2]
        self.filter(~models.Exists(second)).delete()


class TranslationGroup(models.Model):
    """What holds the articles together that say the same: at most one in each language."""

    objects = TranslationGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("translations of one piece")
        verbose_name_plural = _("translations of one piece")

    def __str__(self):
        return str(self.pk)
