"""Signing in and out, one's own password, one's own language."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language as django_set_language

from enforcement.forms.account import OwnPasswordForm, SignInForm
from enforcement.outages import if_possible
from enforcement.safety import notice_of


class SignInView(LoginView):
    """The way in. Who is not cleared for duty is told so. The language an officer once chose fills the cookie when this browser
    has none."""

    template_name = "enforcement/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True
    http_method_names = ["get", "head", "post"]

    def form_valid(self, form):
        response = super().form_valid(form)
        notice = notice_of(form.get_user(), timezone.now())
        if notice and notice.check:
            messages.warning(
                self.request, _("Your last health check does not clear you for duty: see under My health.")
            )
        language = form.get_user().language
        if language and settings.LANGUAGE_COOKIE_NAME not in self.request.COOKIES:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME, language, max_age=settings.LANGUAGE_COOKIE_AGE,
                secure=settings.LANGUAGE_COOKIE_SECURE, httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
                samesite=settings.LANGUAGE_COOKIE_SAMESITE,
            )  # fmt: skip
        return response


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def password_change(request):
    form = OwnPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        request.user.choose_password(form.cleaned_data["new_password1"])
        update_session_auth_hash(request, request.user)
        messages.success(request, _("Your password is changed."))
        return redirect(_next(request))
    return render(
        request, "enforcement/password_change.html", {"form": form, "forced": request.user.must_change_password}
    )


def _next(request):
    place = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(place, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return place if safe else resolve_url("home")


@login_not_required
@require_POST
def set_language(request):
    """Switch the language of this browser; a signed-in officer's choice is kept for the next browser, if it can be."""
    response = django_set_language(request)
    chosen = request.POST.get("language")
    if chosen in dict(settings.LANGUAGES) and request.user.is_authenticated and request.user.language != chosen:
        if_possible("The language of an officer", lambda: request.user.choose_language(chosen))
    return response
