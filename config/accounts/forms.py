"""What colleagues send in about accounts."""

import re

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import UsernameField
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

User = get_user_model()


class LoginForm(AdminAuthenticationForm):
    def clean(self):
        """Nobody's name is longer than names may be; what counts the failures has no room for it."""
        if len(self.cleaned_data.get("username") or "") > self.fields["username"].max_length:
            raise self.get_invalid_login_error()
        return super().clean()


class CodeForm(forms.Form):
    """A code of the app, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=64,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class SetUpForm(CodeForm):
    """The first code of a new app; the password again, where the login was a while ago."""

    secret = forms.CharField(widget=forms.HiddenInput)
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args, user, asks_password, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        # The page begins with what is to be done first.
        del self.fields["code"].widget.attrs["autofocus"]
        if not asks_password:
            del self.fields["password"]

    def clean_password(self):
        if not self.user.check_password(self.cleaned_data["password"]):
            raise ValidationError(_("This is not your password."))


class ResetForm(forms.Form):
    email = forms.EmailField(
        label=_("Email"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class ColleagueForm(forms.ModelForm):
    """An account; names and addresses are taken once, however they are written."""

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name", "email", "is_active", "is_superuser", "groups"]
        field_classes = {"username": UsernameField}

    def clean_username(self):
        name = self.cleaned_data["username"]
        if self.others().filter(username__iexact=name).exists():
            raise ValidationError(_("Somebody has this username already."))
        return name

    def clean_email(self):
        email = self.cleaned_data["email"].strip()
        if email and self.others().filter(email__iexact=email).exists():
            raise ValidationError(_("Somebody has an account with this address already."))
        return email

    def others(self):
        return User.objects.exclude(pk=self.instance.pk)


class InvitationForm(ColleagueForm):
    """A new account, without a password: the invited person sets it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        self.fields["email"].help_text = _("The invitation goes there.")
        self.fields["username"].required = False
        self.fields["username"].help_text = _(
            "What they log in with. Left empty, it is made from the address."
        )
        self.fields["groups"].help_text = _("What they may do.")

    def clean_username(self):
        return super().clean_username() if self.cleaned_data["username"] else ""

    def clean(self):
        cleaned = super().clean()
        if "username" in cleaned and not cleaned["username"]:
            cleaned["username"] = self.free_username(cleaned.get("email", ""))
        return cleaned

    def free_username(self, email):
        """Return the part before the @, with a number behind it where it is taken."""
        stem = re.sub(r"[^\w.+-]", "", email.partition("@")[0])[:100] or "colleague"
        name, number = stem, 1
        while User.objects.filter(username__iexact=name).exists():
            number += 1
            name = f"{stem}{number}"
        return name

    def save(self, commit=True):
        self.instance.set_unusable_password()
        self.instance.is_staff = True
        return super().save(commit)
