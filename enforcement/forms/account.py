"""Signing in and choosing one's own password."""

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """User name and password. In production demonstration accounts and the demonstration password open nothing."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": _("User name and password do not fit together. Mind upper and lower case."),
    }

    def confirm_login_allowed(self, user):
        super().confirm_login_allowed(user)
        if settings.PRODUCTION and (user.is_demo or self.cleaned_data["password"] == settings.DEMO_PASSWORD):
            raise self.get_invalid_login_error()


class OwnPasswordForm(PasswordChangeForm):
    """The old password, and the new one twice; the new one must be another."""

    def clean_new_password1(self):
        new = self.cleaned_data["new_password1"]
        if self.user.check_password(new):
            raise forms.ValidationError(_("Choose a password that you did not have before."))
        return new
