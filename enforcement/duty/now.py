"""Duty today: who leads, who holds the telephone, who is with them, until when, who is next, and what is not covered.

Computed at each request; nothing here is kept. `head_of` is the little of it that stands in the head of every page.
"""

import datetime
from dataclasses import dataclass, field

from django.contrib.auth import get_user_model

from enforcement.duty.coverage import broken_at, outings, sentence
from enforcement.models.duty import MAX_SHIFT, Absence, Assignment, Custody, Handover, Leave, Role
from enforcement.models.safety import Isolation

AHEAD = datetime.timedelta(hours=48)  # how far "who is next" is looked for


@dataclass
class Post:
    """A post and who has it. `until` is the end of his duty by the roster, None when it names him no more (`unrelieved`) or never did."""

    key: str
    officer: object = None
    until: datetime.datetime | None = None
    custody: Custody | None = None
    ended: datetime.datetime | None = None  # when his duty was over, while nobody has relieved him
    waiting: object = None  # who should have taken over by now
    next: Assignment | None = None
    handover: Handover | None = None  # in preparation

    @property
    def unrelieved(self):
        return self.officer is not None and self.custody is not None and self.until is None


@dataclass
class Present:
    """One of those on duty: `role` leader, phone or officer, `where` here, out or away."""

    officer: object
    role: str
    until: datetime.datetime | None
    where: str = "here"
    since: datetime.datetime | None = None  # out or away


@dataclass
class Now:
    """Everything that /duty/ and the wall show."""

    at: datetime.datetime
    posts: list = field(default_factory=list)
    present: list = field(default_factory=list)
    groups: list = field(default_factory=list)
    ends: datetime.datetime | None = None  # of the shift that runs
    next_start: datetime.datetime | None = None
    next: list = field(default_factory=list)  # assignments of the shift that comes
    broken: list = field(default_factory=list)  # sentences
    unapproved: list = field(default_factory=list)
    has_roster: bool = False

    @property
    def leader(self):
        return self.posts[0]

    @property
    def phone(self):
        return self.posts[1]

    @property
    def left(self):
        return self.ends - self.at if self.ends else None

    @property
    def at_the_post(self):
        """How many of those whom the roster names now are there, who leads not counted."""
        return sum(bool(one.until) and one.where == "here" and one.role != Role.LEADER for one in self.present)


def head_of(at):
    """{"leader": officer, "phone": officer} of those on duty with `.duty_until`, for the head of a page. One query."""
    posts = {}
    named = get_user_model().objects.on_duty(at).filter(duty_role__in=[Role.LEADER, Role.PHONE])
    for officer in named:
        posts.setdefault(officer.duty_role, officer)
    return posts


def now_of(at):
    """The Now of the moment; the same number of queries however many there are."""
    shown = Now(at=at, has_roster=Assignment.objects.in_force().exists())
    on_duty = list(get_user_model().objects.on_duty(at))
    rows = Assignment.objects.in_force().filter(start__gt=at - MAX_SHIFT, start__lt=at + AHEAD, end__gt=at)
    rows = list(rows.select_related("officer", "shift__group").order_by("start", "role", "pk"))
    running = [row for row in rows if row.start <= at]
    coming = [row for row in rows if row.start > at]
    shown.ends = min((row.shift.end for row in running), default=None)
    shown.groups = list({row.shift.group_id: row.shift.group for row in running if row.shift.group_id}.values())
    if coming:
        shown.next_start = coming[0].start
        order = list(Role.values)
        first = [row for row in coming if row.start == coming[0].start]
        shown.next = sorted(first, key=lambda row: order.index(row.role))
    _who_is_where(shown, on_duty, running, at)
    _the_posts(shown, on_duty, running, coming, at)
    shown.broken = [sentence(broken) for broken in broken_at(at)]
    shown.unapproved = list(
        Custody.objects.unapproved().select_related("officer", "previous__officer").order_by("taken_at")
    )
    return shown


def _who_is_where(shown, on_duty, running, at):
    """Those on duty, and those whom the roster names but who are on leave, excused, or have left the post."""
    out = {away.officer_id: away.start for away in outings(at, at + datetime.timedelta(microseconds=1), at=at)}
    gone = dict(Absence.objects.open_at(at).values_list("officer", "left_at"))
    gone |= dict(Leave.objects.approved().filter(start__lte=at, end__gt=at).values_list("officer", "start"))
    gone |= dict(Isolation.objects.running(at).values_list("officer", "start"))
    for officer in on_duty:
        where = "away" if officer.pk in gone else "out" if officer.pk in out else "here"
        since = gone.get(officer.pk) or out.get(officer.pk)
        shown.present.append(Present(officer, officer.duty_role, officer.duty_until, where, since))
    named = {one.officer.pk for one in shown.present}
    for row in running:
        if row.officer_id in gone and row.officer_id not in named:
            named.add(row.officer_id)
            shown.present.append(Present(row.officer, row.role, row.end, "away", gone[row.officer_id]))


def _the_posts(shown, on_duty, running, coming, at):
    held = {row.post: row for row in Custody.objects.at(at).select_related("officer")}
    prepared = Handover.objects.filter(state=Handover.State.PREPARED).select_related("outgoing", "incoming")
    prepared = {handover.post: handover for handover in prepared}
    for key, role in ((Custody.Post.LEADER, Role.LEADER), (Custody.Post.PHONE, Role.PHONE)):
        post = Post(key=key, custody=held.get(key), handover=prepared.get(key))
        has = next((officer for officer in on_duty if officer.duty_role == role), None)
        post.officer = post.custody.officer if post.custody else has
        post.until = next((one.duty_until for one in on_duty if post.officer and one.pk == post.officer.pk), None)
        post.next = next((row for row in coming if row.role == role), None)
        named = next((row for row in running if row.role == role), None)
        if post.custody and named and named.officer_id != post.officer.pk:
            post.waiting = named
        if post.unrelieved:
            over = Assignment.objects.in_force().filter(officer=post.officer, end__lte=at)
            post.ended = over.order_by("-end").values_list("end", flat=True).first()
        shown.posts.append(post)
