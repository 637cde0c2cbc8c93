"""The coverage rules: what must always be covered, seen, added, changed and ended; none is ever deleted."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enforcement.forms.duty.rules import EndForm, NewRuleForm, RuleForm
from enforcement.models import CoverageRule
from enforcement.views.duty.setting_up import show
from venues.models.submissions import once
from venues.transitions import Refused, TooLate


@require_safe
@permission_required("enforcement.change_coveragerule", raise_exception=True)
def setup_rules(request):
    """All rules: those that hold, those that will, and below them those that ended."""
    now = timezone.now()
    rules = list(CoverageRule.objects.order_by("-valid_from", "-pk"))
    rules.sort(key=lambda rule: rule.has_ended(now))
    for rule in rules:
        rule.ended = rule.has_ended(now)
    return render(request, "enforcement/duty/setup_rules.html", {"rules": rules, "now": now})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.add_coveragerule", raise_exception=True)
@once
def setup_rule_new(request):
    form, status = NewRuleForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                CoverageRule.objects.make(by=request.user, **form.terms())
            except Refused as refused:
                show(form, refused)
            else:
                messages.success(request, _("Saved."))
                return redirect("duty:setup_rules")
    context = {"form": form, "ends": None, "rule": None}
    return render(request, "enforcement/duty/setup_rule.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.change_coveragerule", raise_exception=True)
@once
def setup_rule(request, pk):
    """Change a rule from now on, and end it."""
    rule = get_object_or_404(CoverageRule, pk=pk)
    form, status = RuleForm(request.POST or None, instance=rule), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                rule.revise(by=request.user, **form.terms())
            except Refused as refused:
                show(form, refused)
                status = 409 if isinstance(refused, TooLate) else 422
            else:
                messages.success(request, _("Saved. What was required until now stays as it was."))
                return redirect("duty:setup_rules")
    return _rule_page(request, pk, form, EndForm(), status)


@require_POST
@permission_required("enforcement.change_coveragerule", raise_exception=True)
@once
def setup_rule_end(request, pk):
    rule = get_object_or_404(CoverageRule, pk=pk)
    ends, status = EndForm(request.POST), 422
    if ends.is_valid():
        try:
            rule.end(by=request.user, until=ends.cleaned_data["until"])
        except Refused as refused:
            show(ends, refused)
            status = 409 if isinstance(refused, TooLate) else 422
        else:
            messages.success(request, _("Saved. What was required until now stays as it was."))
            return redirect("duty:setup_rules")
    return _rule_page(request, pk, RuleForm(instance=rule), ends, status)


def _rule_page(request, pk, form, ends, status):
    rule = CoverageRule.objects.get(pk=pk)  # as it is now, whatever was typed
    rule.ended = rule.has_ended(timezone.now())
    context = {"rule": rule, "form": form, "ends": ends}
    return render(request, "enforcement/duty/setup_rule.html", context, status=status)
