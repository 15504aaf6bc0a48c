"""Words of Django’s pages that its own Hebrew lacks; marked here, they stand in our catalogues."""

from django.utils.translation import gettext_noop, pgettext_lazy

WORDS = [
    gettext_noop("Add link"),
    gettext_noop("After you’ve created a user, you’ll be able to edit more user options."),
    gettext_noop("Change or view list link"),
    gettext_noop("Forgotten your login credentials?"),
    gettext_noop("In case you’ve forgotten, you are:"),
    gettext_noop("Model name"),
    pgettext_lazy("A tag slug", "slug"),
]
