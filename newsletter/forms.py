"""What people may type."""

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from articles.models import Language

from .addresses import MAX_LENGTH, address_key, validate_address
from .models import ConsentEvent, Newsletter, SignupRequest, Subscription
from .tasks import answer_signup


class SignupForm(forms.Form):
    """Writes down what was asked for; never says whether the address is known."""

    email = forms.CharField(strip=False, error_messages={"required": _("Write your email address.")})
    # A trap: no person sees this field, and programs fill in everything.
    homepage = forms.CharField(required=False)

    def __init__(self, data=None, *, language):
        super().__init__(data)
        self.language = language

    @property
    def is_trapped(self):
        return bool(self.data.get("homepage"))

    @property
    def typed(self):
        """What to show in the field again, within bounds."""
        return self.data.get("email", "")[:MAX_LENGTH]

    def clean_email(self):
        # Not line ends: one inside an address is an attempt at a mail header.
        email = self.cleaned_data["email"].strip(" \t")
        validate_address(email)
        return email

    def clean(self):
        newsletter = Newsletter.objects.in_language(self.language)
        if newsletter is None:
            raise forms.ValidationError(_("There is no newsletter in this language yet."))
        return {**self.cleaned_data, "newsletter": newsletter}

    @property
    def error(self):
        """The first thing that is wrong, as one sentence."""
        return next((message for messages in self.errors.values() for message in messages), "")

    @transaction.atomic
    def save(self, *, origin, page):
        """Write the request down and put its task into the queue: the same work for every address."""
        newsletter = self.cleaned_data["newsletter"]
        request = SignupRequest.objects.create(
            email=self.cleaned_data["email"],
            email_key=address_key(self.cleaned_data["email"]),
            newsletter=newsletter,
            language=self.language,
            origin=origin,
            page=page,
            wording=newsletter.wording,
        )
        answer_signup.enqueue(request.pk)


class PreferencesForm(forms.Form):
    """What a subscriber gets, and in which language we write to them."""

    newsletters = forms.ModelMultipleChoiceField(Newsletter.objects.all(), required=False)
    language = forms.ChoiceField(choices=Language.choices)

    def __init__(self, data=None, *, subscriber):
        self.subscriber = subscriber
        self.active = set(subscriber.subscriptions.active().values_list("newsletter_id", flat=True))
        super().__init__(data, initial={"newsletters": self.active, "language": subscriber.language})

    @property
    def ticked(self):
        return {str(key) for key in self["newsletters"].value() or ()}

    @transaction.atomic
    def save(self, *, origin, page):
        """Subscribe and unsubscribe as ticked; raises Blocked for a suppressed address, changing nothing."""
        wanted = {newsletter.pk: newsletter for newsletter in self.cleaned_data["newsletters"]}
        self.subscriber.language = self.cleaned_data["language"]
        self.subscriber.save(update_fields=["language"])
        for pk in wanted.keys() - self.active:
            subscription, _created = Subscription.objects.get_or_create(
                subscriber=self.subscriber, newsletter=wanted[pk]
            )
            subscription.activate(
                method=ConsentEvent.Method.PREFERENCES,
                origin=origin,
                page=page,
                wording=f"{wanted[pk].title}\n{wanted[pk].promise}",
            )
        for subscription in self.subscriber.subscriptions.active().exclude(newsletter__in=wanted):
            subscription.unsubscribe(method=ConsentEvent.Method.PREFERENCES, origin=origin, page=page)
