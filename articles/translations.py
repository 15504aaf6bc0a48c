"""Which articles say the same in other languages: linking them, and what an editor chooses in the form."""

from itertools import combinations

from django import forms
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from .models import Article, RelatedLink, TranslationGroup

# The first half of an advisory lock's keys, as those of the heartbeat.
GROUPS = 0x5F06
NEEDED = ["title", "language", "status", "published_at", "draft_of", "created_by", "translation_group"]


def members(groups):
    """Return the articles of some groups, the keys of which may hold None."""
    found = Article.objects.filter(translation_group__in={key for key in groups if key}, draft_of=None)
    return found.only(*NEEDED).order_by("pk")


def others(article):
    """Return the other articles of an article's group."""
    return [other for other in members([article.translation_group_id]) if other.pk != article.pk]


def take_turns():
    """Wait until nobody else changes groups, and let nobody until this transaction ends.

    What is in which group has to be read after this, since it may have changed while we waited.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [GROUPS])


class Plan:
    """What choosing some translations of an article means for all that are in a group with one of them.

    What is chosen brings its own group along; what is no longer chosen leaves the group alone. Where nothing
    is chosen it is the article that leaves.
    """

    def __init__(self, article, chosen):
        self.article, self.chosen = article, {other.pk: other for other in chosen}
        self.before = {other.pk: other for other in others(article)}
        fresh = [other for other in chosen if other.pk not in self.before]
        brought = {other.pk: other for other in members([other.translation_group_id for other in fresh])}
        brought.pop(article.pk, None)
        self.after = self.chosen | (brought if fresh else {})
        self.removed = [] if not chosen else [one for pk, one in self.before.items() if pk not in self.after]
        self.known = self.before | self.after

    @property
    def is_change(self):
        return self.before.keys() != self.after.keys()

    def clash(self, language):
        """Return two articles of one language that would be in the group, or None; `language` is its own."""
        taken = {language: self.article}
        for other in self.after.values():
            if other.language in taken:
                return taken[other.language], other
            taken[other.language] = other
        return None

    def links_of_others(self):
        """Return the pairs of other articles that would be linked anew, or no longer."""
        linked = pairs(self.known.values())
        kept = {pk for pk in self.before if pk not in {one.pk for one in self.removed}}
        together = {frozenset(pair) for pair in combinations(self.after or kept, 2)}
        return linked ^ together

    def forbidden(self, user):
        """Return an article of somebody else that would gain or lose a translation other than this one."""
        keys = {pk for pair in self.links_of_others() for pk in pair}
        return next((one for pk, one in self.known.items() if pk in keys and not may_change(user, one)), None)

    def carry_out(self):
        """Write it down; for use in a transaction that took its turn before the plan was made.

        Raises IntegrityError where an article was given another language meanwhile.
        """
        if not self.is_change:
            return
        keys = sorted([*self.known, self.article.pk])
        list(Article.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values("pk"))
        group = None
        if self.after:
            group = self.article.translation_group_id or next(
                (one.translation_group_id for one in self.after.values() if one.translation_group_id), None
            )
            group = group or TranslationGroup.objects.create().pk
        leaving = [one.pk for one in self.removed]
        Article.objects.filter(pk__in=leaving).update(translation_group=None)
        Article.objects.filter(pk__in=[self.article.pk, *self.after]).update(translation_group=group)
        self.article.translation_group_id = group
        TranslationGroup.objects.sweep()
        self.article.refresh_from_db(fields=["translation_group"])


def pairs(articles):
    """Return which of these articles are in one group, as sets of two keys."""
    return {
        frozenset((one.pk, other.pk))
        for one, other in combinations(articles, 2)
        if one.translation_group_id and one.translation_group_id == other.translation_group_id
    }


def may_change(user, article):
    return user is None or article.may_be_changed_by(user)


def link(*articles):
    """Say of some articles that they are one piece; each brings its own group along.

    Raises IntegrityError where two of them have one language.
    """
    with transaction.atomic():
        take_turns()
        articles[0].refresh_from_db(fields=["translation_group"])
        Plan(articles[0], [*others(articles[0]), *articles[1:]]).carry_out()


def leave(article):
    """Take an article out of its group; the others stay together."""
    with transaction.atomic():
        take_turns()
        article.refresh_from_db(fields=["translation_group"])
        Plan(article, []).carry_out()


def settle(article):
    """Let an article that has another language now leave a group that has one in it; return whether it did.

    For use before it is saved.
    """
    if any(other.language == article.language for other in others(article)):
        article.translation_group = None
        return True
    return False


def as_keys(keys):
    return ",".join(map(str, keys))


def is_changed(sent):
    """Whether a form that was sent, as a QueryDict, may change the translations."""
    seen = sent.get("translations_seen")
    return seen is None or set(sent.getlist("translations")) != set(filter(None, seen.split(",")))


class TranslationsSelect(AutocompleteSelectMultiple):
    """Several articles, looked up as those that a related link leads to."""

    def __init__(self, admin_site, attrs=None):
        super().__init__(RelatedLink._meta.get_field("target"), admin_site, attrs)

    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, [key for key in value if is_key(key)], attr)


def is_key(value):
    return str(value).isdecimal() and len(str(value)) <= 18


class TranslationsField(forms.ModelMultipleChoiceField):
    def __init__(self, **kwargs):
        super().__init__(queryset=Article.objects.none(), required=False, **kwargs)

    def label_from_instance(self, article):
        return f"{article.title} ({article.get_language_display()})"

    def clean(self, value):
        if any(not is_key(key) for key in value or []):
            raise ValidationError(_("Choose translations from the list."), code="list")
        return super().clean(value)


class TranslationForm(forms.ModelForm):
    """The translations of an article in its form; for use before a form of articles.

    `editor` is whose form it is; `seen` are the articles that may be chosen.
    """

    editor = None
    translations = TranslationsField(
        label=_("Translations"),
        help_text=_(
            "The same piece in other languages, one in each: readers are led from one to the other once both "
            "are live."
        ),
    )

    # Those that were linked when the editor opened the form: what is not among them was chosen since.
    translations_seen = forms.CharField(label="", required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "translations" not in self.fields:
            return
        seen = Article.objects.filter(draft_of=None).exclude(pk=self.instance.pk)
        if self.editor is not None:
            seen = seen.visible_to(self.editor)
        # What a colleague chose stays, whether or not this person may look at it.
        seen |= Article.objects.filter(pk__in=self.linked)
        self.fields["translations"].queryset = seen.only(*NEEDED)
        self.initial |= {"translations": list(self.linked), "translations_seen": as_keys(self.linked)}

    @cached_property
    def linked(self):
        return [other.pk for other in others(self.instance)] if self.instance.translation_group_id else []

    def clean(self):
        cleaned = super().clean()
        self.plan = None
        if "translations" in cleaned and not self.instance.draft_of_id:
            self.make_plan(list(cleaned["translations"]), cleaned.get("translations_seen", ""))
            self.check_plan(cleaned.get("language", self.instance.language))
            if "translations" in self.errors:
                self.show_chosen()
        return cleaned

    def make_plan(self, chosen, seen):
        """Add to the group, and take from it, what the editor did, whatever a colleague did meanwhile."""
        there, sent = {other.pk: other for other in others(self.instance)}, {one.pk for one in chosen}
        seen = {int(key) for key in seen.split(",") if is_key(key)}
        if self.add_prefix("translations_seen") not in self.data:
            seen = set(there)
        self.undoes_more = seen != there.keys() and bool(seen - sent)
        stay = [other for pk, other in there.items() if pk not in seen - sent]
        self.plan = Plan(
            self.instance, [*stay, *(one for one in chosen if one.pk not in seen | there.keys())]
        )

    def show_chosen(self):
        """Show the editor what a colleague chose too, to decide on all of it."""
        self.data = self.data.copy()
        self.data.setlist(self.add_prefix("translations"), list(self.plan.chosen))
        self.data[self.add_prefix("translations_seen")] = as_keys(self.linked)

    def check_plan(self, language):
        if self.undoes_more:
            words = _(
                "A colleague changed the translations while you were writing. All that are chosen now are "
                "shown: choose again."
            )
            self.add_error("translations", words)
        elif clash := self.plan.clash(language):
            itself, other = clash
            words = (
                _("“%(other)s” is in the language of this article: a translation is in another.")
                if itself is self.instance
                else _("“%(one)s” and “%(other)s” are in one language: a piece has one translation in each.")
            )
            self.add_error("translations", words % {"one": itself, "other": other})
        elif self.editor is not None and (article := self.plan.forbidden(self.editor)):
            words = _("Which translations “%(article)s” has besides is for an editor to say.")
            self.add_error("translations", words % {"article": article})

    def _save_m2m(self):
        super()._save_m2m()
        if self.plan:
            self.plan.carry_out()
