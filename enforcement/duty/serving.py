"""Who is on duty at a moment, and what a dispatch would do to the coverage: asked of the database each time, never kept."""

from django.db.models import Case, CharField, Exists, OuterRef, Q, Subquery, Value, When

from enforcement.models.duty import Absence, Assignment, Custody, Leave, Role
from enforcement.models.safety import Isolation


def effective(at):
    """The assignments in force that cover the moment, of people who are neither on leave nor in isolation nor have left
    the post."""
    span = {"officer": OuterRef("officer")}
    on_leave = Leave.objects.approved().filter(start__lte=at, end__gt=at, **span)
    away = Absence.objects.open_at(at).filter(**span)
    apart = Isolation.objects.running(at).filter(**span)
    return Assignment.objects.in_force().covering(at).filter(~Exists(on_leave), ~Exists(away), ~Exists(apart))


def on_duty(officers, at):
    """Of the queryset `officers` those on duty at `at`, each once, the leader first, then the telephone officer.

    `.duty_role` is leader, phone or officer; `.duty_until` the end of the duty that the roster gives him at that moment (None
    where he has a post although the roster names him no more, or not yet). The chain of custody says who leads and who holds the
    telephone; where it has not begun, the roster does. A leader who has not taken over yet is not named: the one before him leads.
    A telephone officer who has not taken over yet is at the post."""
    serving, held = effective(at), Custody.objects.at(at)
    mine = serving.filter(officer=OuterRef("pk"))
    leads, answers = held.filter(post=Custody.Post.LEADER), held.filter(post=Custody.Post.PHONE)
    me = {"officer": OuterRef("pk")}
    role = Case(
        When(Exists(leads.filter(**me)), then=Value(Role.LEADER)),
        When(~Exists(leads) & Exists(mine.filter(role=Role.LEADER)), then=Value(Role.LEADER)),
        When(Exists(answers.filter(**me)), then=Value(Role.PHONE)),
        When(~Exists(answers) & Exists(mine.filter(role=Role.PHONE)), then=Value(Role.PHONE)),
        When(Exists(mine.filter(role__in=[Role.PHONE, Role.OFFICER])), then=Value(Role.OFFICER)),
        output_field=CharField(),
        default=None,
    )
    rank = Case(When(duty_role=Role.LEADER, then=0), When(duty_role=Role.PHONE, then=1), default=2)
    named = Q(pk__in=serving.values("officer")) | Q(pk__in=held.values("officer"))
    named_until = Assignment.objects.in_force().covering(at).filter(officer=OuterRef("pk"))  # away or not
    until = named_until.order_by("-end").values("end")[:1]
    found = officers.filter(named).annotate(duty_role=role, duty_until=Subquery(until))
    return found.filter(duty_role__isnull=False).order_by(rank, "badge_no", "username")


def coverage_without(officers, at, *, gone=False):
    """The rules that sending these officers out would break, or break worse than they are broken already; sentences. `gone`: they
    leave the post altogether, so that not even a leader leads from there."""
    from enforcement.duty.coverage import broken_at, sentence

    officers = list(officers)
    if not officers:
        return []
    before = {broken.rule.pk: broken.missing for broken in broken_at(at)}
    without = broken_at(at, away=officers) if gone else broken_at(at, without=officers)
    return [sentence(broken) for broken in without if broken.missing > before.get(broken.rule.pk, 0)]
