"""The log of who did what with an article, in sentences.

Its rows are Django's own, which the database lets nobody change. Beside what Django says of changed fields,
our messages hold {"did": {"action": …, "details": {…}, "revision": pk}}: untranslated, so that each editor
reads it in a language of their own. A save that changed fields alone has a revision and no action.
"""

import json

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import F
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, gettext_noop

from . import moments
from .models import Article, Revision

BEGUN = gettext_noop("Began it.")
SUBMITTED = gettext_noop("Submitted it for review.")
SENT_BACK = gettext_noop("Sent it back to its writer.")
PUBLISHED = gettext_noop("Published it.")
SCHEDULED = gettext_noop("Scheduled it for %(moment)s.")
TAKEN_BACK = gettext_noop("Took it back to draft.")
WITHDRAWN = gettext_noop("Withdrew it, and told readers: “%(reason)s”")
OVERRODE = gettext_noop("Overrode the warning: “%(warning)s”")
RESTORED = gettext_noop("Restored version %(number)s.")
REWORK_BEGUN = gettext_noop("Began a rework.")
REWORK_SAVED = gettext_noop("Worked on the rework.")
REWORK_DROPPED = gettext_noop("Dropped the rework.")
REPLACED = gettext_noop("Replaced the text by its rework.")
REPLACED_IN_TIME = gettext_noop("The rework that this person had scheduled replaced the text.")
TAGS_MERGED = gettext_noop("Merged %(lost)s into the tag “%(into)s”.")
MERGE_UNDONE = gettext_noop("Undid the merge of %(lost)s into the tag “%(into)s”.")
LINK_MADE = gettext_noop("Made a link for outsiders until %(moment)s: %(whom)s.")
LINK_REVOKED = gettext_noop("Revoked the link for outsiders: %(whom)s.")
RECORDING_KEPT = gettext_noop("Put in a recording, read by %(whom)s.")
RECORDING_REMOVED = gettext_noop("Took the recording out.")
LISTENING_ON = gettext_noop("Let readers listen to it.")
LISTENING_OFF = gettext_noop("Switched listening off.")
BATCH = 500


def did(action, revision=None, **details):
    """Return a part of a message: an action of this module, with what fills its placeholders.

    A `moment` is a datetime; `revision` is the version that it made.
    """
    if "moment" in details:
        details["moment"] = details["moment"].isoformat()
    return {"did": {"action": action, "details": details, "revision": revision and revision.pk}}


def note(user, article, action, **details):
    """Write down that somebody did something with an article."""
    note_all(user, [article.pk], action, **details)


def note_all(user, pks, action, *, made_versions=False, **details):
    """Write down that somebody did the same with several articles: a row for each.

    What nobody in particular did, such as an import, is left to the revisions.
    """
    if user is None:
        return
    titles = dict(Article.objects.filter(pk__in=pks).values_list("pk", "title"))
    versions = {}
    if made_versions:
        latest = Revision.objects.filter(article__in=titles, number=F("article__version"))
        versions = {revision.article_id: revision for revision in latest.only("article_id")}
    LogEntry.objects.bulk_create(
        [
            LogEntry(
                user_id=user.pk,
                content_type=content_type(),
                object_id=str(pk),
                object_repr=titles[pk][:200],
                action_flag=CHANGE,
                change_message=json.dumps([did(action, versions.get(pk), **details)]),
            )
            for pk in pks
            if pk in titles
        ],
        batch_size=BATCH,
    )


def content_type():
    return ContentType.objects.get_for_model(Article)


def entries(article):
    """Return what was done with an article and with its reworks, the newest first."""
    rows = LogEntry.objects.filter(content_type=content_type())
    own = rows.filter(object_id=str(article.pk))
    begun = own.filter(change_message__contains='"rework"').values_list("change_message", flat=True)
    reworks = [
        str(each["details"]["rework"])
        for message in begun
        for each in ours(message)
        if "rework" in each.get("details", {})
    ]
    found = rows.filter(object_id__in=[str(article.pk), *reworks])
    return found.select_related("user").order_by("-action_time", "-pk")


def versions(rows):
    """Return {pk of the row: the version it made} of those rows whose version is still there: one query."""
    made = {
        row.pk: each["revision"] for row in rows for each in ours(row.change_message) if each.get("revision")
    }
    kept = Revision.objects.only("number", "article_id").in_bulk(made.values())
    return {pk: kept[revision] for pk, revision in made.items() if revision in kept}


def sentences(row):
    """Return what a row of the log says, in the active language."""
    if row.is_deletion():
        return [gettext("Deleted it.")]
    said = [in_words(each) for each in ours(row.change_message) if each.get("action")]
    stock = [part for part in parts(row.change_message) if "did" not in part]
    if stock:
        said.append(LogEntry(change_message=json.dumps(stock)).get_change_message())
    elif not said:
        said.append(row.get_change_message())
    return said


def in_words(each):
    details = dict(each["details"])
    if "moment" in details:
        details["moment"] = moments.in_full(parse_datetime(details["moment"]))
    words = gettext(each["action"])
    return words % details if details else words


def ours(message):
    return [part["did"] for part in parts(message) if "did" in part]


def parts(message):
    """Return the parts of a message; a message of plain words has none."""
    try:
        read = json.loads(message) if message.startswith("[") else []
    except ValueError:
        return []
    return [part for part in read if isinstance(part, dict)]
