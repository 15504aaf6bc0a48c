"""Actions of a list that first show what would happen to each row, and do it when a button is pressed."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from articles import bulk
from articles.bulk import Verdict
from articles.forms import TagsField
from articles.models import Tag
from articles.widgets import TagSelect

from .pages import desk_page
from .paging import is_key

NAMED_AFTERWARDS = 10


class BulkAdmin:
    """For use before a ModelAdmin, whose actions end in `self.settle(...)`."""

    def settle(self, request, chosen, change, words, **kept):
        """Show what would happen to the chosen rows or, once that was confirmed, do it and say what happened.

        `words` is an instance of Words; `kept` are further fields that the confirmation sends again.
        """
        if "confirmed" in request.POST:
            # What was shown, whether or not it still is in the list.
            sent = request.POST.getlist(ACTION_CHECKBOX_NAME)
            outcome = bulk.run(change, [int(pk) for pk in sent if is_key(pk)])
            self.tell_outcome(request, words, outcome)
            return HttpResponseRedirect(request.get_full_path())
        plan = bulk.foresee(change, chosen)
        shown = {
            "plan": plan,
            "keys": plan.pks,
            "kept": kept,
            "limit": bulk.LIMIT,
            "sections": sections(self, words, plan, {Verdict.CHANGES: words.will} | words.rest()),
            "button": words.button(len(plan.pks)),
        }
        return self.bulk_page(request, words, shown)

    def ask(self, request, words, form):
        """Ask what a change needs to know, and keep the chosen rows meanwhile."""
        across, keys = request.POST.get("select_across") == "1", request.POST.getlist(ACTION_CHECKBOX_NAME)
        shown = {
            "form": form,
            "media": self.media + form.media,
            "across": across,
            "keys": keys[:1] if across else keys,
            "button": gettext("See what would happen"),
        }
        return self.bulk_page(request, words, shown)

    def bulk_page(self, request, words, shown):
        action, back = request.POST.get("action"), request.get_full_path()
        return desk_page(self, request, "bulk.html", title=words.title, action=action, back=back, **shown)

    def tell_outcome(self, request, words, outcome):
        done = outcome.groups[Verdict.CHANGES].count
        others = sections(self, words, outcome, words.rest(), NAMED_AFTERWARDS)
        if done or not others:
            self.message_user(request, words.done(done), messages.SUCCESS)
        for section in others:
            self.message_user(request, as_html(section), messages.WARNING)
        if outcome.stopped:
            sentence = gettext("The rest was left as it is: %s") % outcome.stopped
            self.message_user(request, sentence, messages.ERROR)


class Words:
    """What an action is called, and what is said of the rows that it does not change."""

    title = ""

    def button(self, count):
        raise NotImplementedError

    def will(self, count):
        raise NotImplementedError

    def done(self, count):
        raise NotImplementedError

    def already(self, count):
        raise NotImplementedError

    def held(self, count):
        return ""

    def name(self, row):
        return str(row)

    def rest(self):
        """Return {verdict: sentence} of the rows that do not change."""
        return {
            Verdict.HELD: self.held,
            Verdict.REFUSED: refused,
            Verdict.ALREADY: self.already,
            Verdict.GONE: gone,
        }


def refused(count):
    return ngettext("%d you may not change:", "%d you may not change:", count) % count


def gone(count):
    return ngettext("%d is no longer there.", "%d are no longer there.", count) % count


def sections(model_admin, words, outcome, sentences, limit=bulk.NAMED):
    """Return what a page says of each group that has rows."""
    base = f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}_change"
    said = []
    for verdict, sentence in sentences.items():
        group = outcome.groups[verdict]
        rows = [
            {"address": reverse(base, args=[row.pk]), "name": words.name(row), "note": note}
            for row, note in group.named[:limit]
        ]
        more = group.count - len(rows)
        counted = ngettext("and %d more.", "and %d more.", more) % more if rows and more else ""
        if group.count:
            said.append(
                {"name": verdict.value, "sentence": sentence(group.count), "rows": rows, "more": counted}
            )
    return said


def as_html(section):
    items = [
        (row["address"], row["name"], f": {row['note']}" if row["note"] else "") for row in section["rows"]
    ]
    listed = format_html_join("", '<li><a href="{}">{}</a>{}</li>', items)
    return format_html("{}<ul>{}</ul>{}", section["sentence"], listed, section["more"])


# Articles


class PublishWords(Words):
    title = _("Publish these articles?")

    def button(self, count):
        return ngettext("Publish %d article", "Publish %d articles", count) % count

    def will(self, count):
        return ngettext("%d will be published now:", "%d will be published now:", count) % count

    def done(self, count):
        return ngettext("%d article is live.", "%d articles are live.", count) % count

    def already(self, count):
        return ngettext("%d is live already:", "%d are live already:", count) % count

    def held(self, count):
        words = ngettext(
            "The checklist held %d article back; open it to put it right or to publish it all the same:",
            "The checklist held %d articles back; open each to put it right or to publish it all the same:",
            count,
        )
        return words % count


class TakeBackWords(Words):
    title = _("Take these articles back to draft?")

    def button(self, count):
        return ngettext("Take %d article back", "Take %d articles back", count) % count

    def will(self, count):
        return ngettext("%d will be a draft:", "%d will be drafts:", count) % count

    def done(self, count):
        return ngettext("%d article is a draft.", "%d articles are drafts.", count) % count

    def already(self, count):
        return ngettext("%d is a draft already:", "%d are drafts already:", count) % count


class TagWords(Words):
    def __init__(self, tags):
        self.names = ", ".join(f"“{tag.name}”" for tag in tags)


class AddTagsWords(TagWords):
    title = _("Add tags to these articles")

    def button(self, count):
        return ngettext("Tag %d article", "Tag %d articles", count) % count

    def will(self, count):
        words = ngettext("%(n)d will have %(tags)s too:", "%(n)d will have %(tags)s too:", count)
        return words % {"n": count, "tags": self.names}

    def done(self, count):
        words = ngettext("%(n)d article has %(tags)s now.", "%(n)d articles have %(tags)s now.", count)
        return words % {"n": count, "tags": self.names}

    def already(self, count):
        return ngettext("%d has that already:", "%d have that already:", count) % count

    def held(self, count):
        return ngettext("%d cannot be tagged:", "%d cannot be tagged:", count) % count


class RemoveTagsWords(TagWords):
    title = _("Take tags away from these articles")

    def button(self, count):
        return ngettext("Take away from %d article", "Take away from %d articles", count) % count

    def will(self, count):
        words = ngettext(
            "%(n)d will not have %(tags)s any more:", "%(n)d will not have %(tags)s any more:", count
        )
        return words % {"n": count, "tags": self.names}

    def done(self, count):
        words = ngettext(
            "%(n)d article no longer has %(tags)s.", "%(n)d articles no longer have %(tags)s.", count
        )
        return words % {"n": count, "tags": self.names}

    def already(self, count):
        return ngettext("%d does not have that:", "%d do not have that:", count) % count


class KnownTags(TagSelect):
    """Tags without a text beside them that could suggest any."""

    def build_attrs(self, base_attrs, extra_attrs=None):
        attrs = super().build_attrs(base_attrs, extra_attrs)
        del attrs["data-spot"]
        return attrs


class TagChoice(forms.Form):
    """Which tags; new ones are made in an article's own form."""

    tags = TagsField(label=_("Tags"), widget=KnownTags)

    def clean_tags(self):
        names = self.cleaned_data["tags"]
        known = {tag.name: tag for tag in Tag.objects.filter(name__in=names)}
        if missing := [name for name in names if name not in known]:
            raise ValidationError(
                gettext("There is no tag “%(name)s” yet; give it to one article first.")
                % {"name": missing[0]}
            )
        return [known[name] for name in names]


class ArticleBulkAdmin(BulkAdmin):
    """For use before the admin of articles."""

    @admin.action(description=_("Publish the chosen articles"), permissions=["publish"])
    def publish(self, request, queryset):
        return self.settle(request, queryset, bulk.Publish(request.user), PublishWords())

    @admin.action(description=_("Take the chosen articles back to draft"), permissions=["publish"])
    def take_back(self, request, queryset):
        return self.settle(request, queryset, bulk.TakeBack(request.user), TakeBackWords())

    @admin.action(description=_("Add tags to the chosen articles"), permissions=["change"])
    def add_tags(self, request, queryset):
        return self.settle_tags(request, queryset, bulk.AddTags, AddTagsWords)

    @admin.action(description=_("Take tags away from the chosen articles"), permissions=["change"])
    def remove_tags(self, request, queryset):
        return self.settle_tags(request, queryset, bulk.RemoveTags, RemoveTagsWords)

    def settle_tags(self, request, queryset, change, words):
        """Ask which tags, then go on as the other actions do."""
        form = TagChoice(request.POST if "asked" in request.POST else None, label_suffix="")
        if not form.is_valid():
            return self.ask(request, words([]), form)
        tags = form.cleaned_data["tags"]
        names = [tag.name for tag in tags]
        return self.settle(
            request, queryset, change(request.user, tags), words(tags), asked=["1"], tags=names
        )
