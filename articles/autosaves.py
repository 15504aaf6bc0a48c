"""What a form held when it was kept, and a form made from it again."""

import json
import re

from django.forms.utils import ErrorDict, ErrorList
from django.http import QueryDict
from django.utils.translation import gettext as _

LIMIT = 2_000_000  # bytes of JSON: the longest text in the widest script, and the rest of the form
MAX_ENTRIES = 2000
TAB = re.compile(r"[A-Za-z0-9-]{8,40}")
NOT_KEPT = {"csrfmiddlewaretoken", "tab"}


class Unreadable(Exception):
    """What was sent is nothing that can be kept; says why in a sentence, with the HTTP status."""

    def __init__(self, sentence, status=400):
        super().__init__(sentence)
        self.status = status


def read(request):
    """Return what a tab sent, as (tab, entries); entries are None for a mere sign of life.

    The body is {"tab": …, "entries": [[name, value], …]}. Raises Unreadable.
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > LIMIT:
        raise Unreadable(_("This is too large to be kept before it is saved."), status=413)
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Unreadable(_("This is not what the form sends.")) from error
    tab, entries = (sent.get("tab"), sent.get("entries")) if isinstance(sent, dict) else (None, None)
    if not is_tab(tab) or not (entries is None or is_entries(entries)):
        raise Unreadable(_("This is not what the form sends."))
    return tab, entries and [
        [storable(name), storable(value)] for name, value in entries if name not in NOT_KEPT
    ]


def is_tab(tab):
    return isinstance(tab, str) and bool(TAB.fullmatch(tab))


def is_entries(entries):
    return (
        isinstance(entries, list)
        and 0 < len(entries) <= MAX_ENTRIES
        and all(
            isinstance(entry, list) and len(entry) == 2 and all(isinstance(part, str) for part in entry)
            for entry in entries
        )
    )


def storable(text):
    """Return text without what PostgreSQL's jsonb cannot hold: NUL and lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def form_taking_up(form_class, entries):
    """Return a form class that shows what was typed in place of what is saved; it checks nothing yet."""
    data = query_dict(entries)

    class TakenUp(form_class):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            for name, field in self.fields.items():
                whole = self.add_prefix(name)
                if not field.widget.value_omitted_from_data(data, {}, whole):
                    self.initial[name] = field.widget.value_from_datadict(data, {}, whole)

    return TakenUp


def formset_taking_up(formset_class, entries):
    """Return an inline formset class that shows the rows as they were; it checks nothing yet."""

    class TakenUp(formset_class):
        def __init__(self, *, instance, prefix, queryset, **kwargs):
            mine = queryset.filter(**{self.fk.name: instance}) if instance.pk else queryset.none()
            data = rows(entries, prefix, set(mine.values_list("pk", flat=True)))
            super().__init__(data, instance=instance, prefix=prefix, queryset=queryset, **kwargs)

        def full_clean(self):
            self._errors = [ErrorDict() for _form in self.forms]
            self._non_form_errors = ErrorList()

        def _construct_form(self, i, **kwargs):
            form = super()._construct_form(i, **kwargs)
            form._errors = ErrorDict()
            form.cleaned_data = {}
            return form

    return TakenUp


def rows(entries, prefix, there):
    """Return a formset's data with its rows numbered anew, or None where the formset was not in the form.

    Formsets want the rows that exist first; a row that somebody deleted meanwhile (its key is not in
    `there`) becomes a new one, unless the editor deleted it too.
    """
    found, known = {}, False
    pattern = re.compile(rf"{re.escape(prefix)}-(\d{{1,4}})-(\w+)")
    for name, value in entries:
        known = known or name == f"{prefix}-TOTAL_FORMS"
        if match := pattern.fullmatch(name):
            found.setdefault(int(match[1]), []).append((match[2], value))
    if not known:
        return None
    kept, new = [], []
    for _number, fields in sorted(found.items()):
        values = dict(fields)
        if values.get("id") in map(str, there):
            kept.append(fields)
        elif "DELETE" not in values:
            new.append([(name, "" if name == "id" else value) for name, value in fields])
    data = QueryDict(mutable=True)
    for number, fields in enumerate(kept + new):
        for name, value in fields:
            data.appendlist(f"{prefix}-{number}-{name}", value)
    data[f"{prefix}-TOTAL_FORMS"] = len(kept + new)
    data[f"{prefix}-INITIAL_FORMS"] = len(kept)
    return data


def query_dict(entries):
    data = QueryDict(mutable=True)
    for name, value in entries:
        data.appendlist(name, value)
    return data
