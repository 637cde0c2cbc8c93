"""Changing what a complaint is filed under and when its steps are due: each change an appended event with the old and the new, so
that the figures of a past moment find what was so then. The state stays, and no clock ever starts anew."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from complaints.due import STEPS, answer_due, due_moments
from complaints.workflow import AT_WORK, OPEN, Act
from venues.models.inspections import CLOCK_TOLERANCE
from venues.secrets import is_telephone
from venues.transitions import Refused, TooLate
from venues.words import when

DONE = dict(zip(STEPS, ("dispatched_at", "signed_at", "arrived_at", "stopped_at", "answered_at"), strict=True))
FILED = ("topic", "kind", "venue", "place", "place_unclear", "district", "street", "urgency")
_WHERE = {"venue", "place", "district"}


class ChangingActs:
    """Mixed into Complaint; every act is keyword-only, takes `by=` the officer and `at=` the moment (None: now)."""

    # --- when it is due -----------------------------------------------------------------------------------------------------

    @transaction.atomic
    def set_urgency(self, *, by, urgency, reason, at=None):
        """Another urgency than the proposed one, with its reason; what is due is counted anew from the call, never from now."""
        if not reason.strip():
            raise Refused(gettext("Give the reason."))
        self._hold()
        self.refuse_beside(Act.SET_URGENCY)
        if urgency == self.urgency:
            raise Refused({"urgency": gettext("This is its urgency already.")})
        data = {"from": self.urgency, "to": urgency, **self.answer_was_due()}
        self.urgency = urgency
        self._count_from_the_call()
        self._note(Act.SET_URGENCY, by=by, at=at or timezone.now(), text=reason, data=data)

    def answer_was_due(self):
        """What an event that changes when the answer is due keeps of the moment before it, for the figures of the past."""
        return {"answer_was_due": self.answer_due_at and self.answer_due_at.isoformat()}

    def _count_from_the_call(self):
        """Write down when each step is due, and when each further caller is to be told; always from the call."""
        for step, due in due_moments(self, dispatched_at=self.dispatched_at).items():
            setattr(self, f"{step}_due_at", due)
        self.save(update_fields=["urgency", "external_deadline", *(f"{step}_due_at" for step in STEPS)])
        for call in self.calls.still_owed():
            call.answer_due_at = answer_due(self, call.started_at)
            call.save(update_fields=["answer_due_at"])

    def extendable(self, at):
        """The steps that may get more time at the moment `at`: not done, with a limit that is not over."""
        if self.status not in OPEN:
            return []
        dues = {step: getattr(self, f"{step}_due_at") for step in STEPS if getattr(self, DONE[step]) is None}
        return [step for step, due in dues.items() if due is not None and due >= at]

    @transaction.atomic
    def extend(self, *, by, steps, until, reason, at=None):
        """More time for these steps (of STEPS), until a moment later than their limit, with its reason. It holds at once.

        The event keeps the old and the new limit of each step; due.py reads it, so that a later change of the urgency does not
        undo it. What is late already stays late: an extension is given before the time is over. A deadline of another hotline
        is theirs and is not extended here."""
        at = at or timezone.now()
        if not reason.strip():
            raise Refused(gettext("Give the reason."))
        if not steps:
            raise Refused(gettext("Say which step gets more time."))
        self._hold()
        self.refuse_beside(Act.EXTEND)
        allowed = self.extendable(at)
        for step in steps:
            if step not in allowed:
                raise Refused(gettext("%(step)s: it is done, not waited for or late already.") % {"step": _step(step)})
            if until <= getattr(self, f"{step}_due_at"):
                sentence = gettext("%(step)s is due at %(time)s: give a later moment.")
                raise Refused(sentence % {"step": _step(step), "time": when(getattr(self, f"{step}_due_at"))})
        if "answer" in steps and self.external_deadline and until > self.external_deadline:
            sentence = gettext("The other hotline waits until %(time)s: enter its new deadline first.")
            raise Refused(sentence % {"time": when(self.external_deadline)})
        data = {
            "due": {step: until.isoformat() for step in steps},
            "was": {step: getattr(self, f"{step}_due_at").isoformat() for step in steps},
            **(self.answer_was_due() if "answer" in steps else {}),
        }
        self._note(Act.EXTEND, by=by, at=at, text=reason, data=data)
        self._count_from_the_call()

    # --- what the other hotline says ----------------------------------------------------------------------------------------

    @transaction.atomic
    def external_deadline_set(self, *, by, deadline, data=None, text="", at=None):
        """The hotline that sent a sheet set another deadline: the answer is due at the earlier of both, counted from the call."""
        self._hold()
        data = {**(data or {}), **self.answer_was_due()}
        self.external_deadline = deadline
        self._count_from_the_call()
        self._note(Act.NOTE, by=by, at=at or timezone.now(), text=text, data=data)

    @transaction.atomic
    def set_external(self, *, by, external_no, deadline, text="", at=None):
        """Enter or correct by hand the number and the deadline of the hotline that passed the complaint on (None: it set none)."""
        if not self.channel.external:
            raise Refused(gettext("This complaint did not come from another hotline."))
        check_external(self.channel, external_no, deadline, received_at=self.received_at, but=self.pk)
        self._hold()
        self.refuse_beside(Act.EXTERNAL)
        now = {"external_no": external_no, "external_deadline": deadline}
        changes = {
            name: [_code(getattr(self, name)), _code(new)] for name, new in now.items() if getattr(self, name) != new
        }
        if not changes:
            raise Refused(gettext("Nothing is different."))
        data = {"changes": changes, **self.answer_was_due()}
        self.external_no, self.external_deadline = external_no, deadline
        self.save(update_fields=["external_no"])
        self._count_from_the_call()
        self._note(Act.EXTERNAL, by=by, at=at or timezone.now(), text=text, data=data)

    # --- what it is filed under ---------------------------------------------------------------------------------------------

    @transaction.atomic
    def recategorise(self, *, by, reason, at=None, **filed):
        """File it under another topic, venue, place, district or urgency (those of FILED that are given), with a reason.

        District and street follow the venue, the kind follows the topic. No deadline is reset: only another urgency changes what
        is due, counted from the call as ever. Somebody who is on the way is sent to the right place by a new alert."""
        at = at or timezone.now()
        if not reason.strip():
            raise Refused(gettext("Give the reason."))
        if at > timezone.now() + CLOCK_TOLERANCE:
            raise Refused(gettext("This moment lies in the future."))
        self._hold_alert()
        self.refuse_beside(Act.RECATEGORISE)
        filed = {name: filed[name] for name in FILED if name in filed}
        if filed.get("place"):
            filed["place"] = self._without_callers(filed["place"].strip())
        changes = self._file(self._made_consistent(filed), by=by, at=at, reason=reason)
        if not changes:
            raise Refused(gettext("Nothing is different."))
        if self.status in AT_WORK and self.dispatched_at and (self.alert_id is None or _WHERE & set(changes)):
            self._send_to_the_right_place(by=by, at=at)

    def _made_consistent(self, filed):
        """The same with what follows from it: district and street of the venue, the kind of the topic."""
        filed = dict(filed)
        venue = filed.get("venue", self.venue)
        if venue is not None and venue != self.venue:
            filed |= {"district": venue.district, "street": venue.street}
        elif filed.get("district", self.district) != self.district:
            filed.setdefault("street", None)
        topic = filed.get("topic", self.topic)
        if topic != self.topic and self.kind == self.topic.kind:
            filed.setdefault("kind", topic.kind)
        if not (venue or filed.get("place", self.place) or filed.get("place_unclear", self.place_unclear)):
            raise Refused({"place": gettext("Name the venue or the place, or say that it is unclear.")})
        if filed.get("urgency", self.urgency) != self.urgency and self.status not in OPEN:
            raise Refused({"urgency": gettext("The urgency of what is at its end is not changed.")})
        return filed

    def _file(self, filed, *, by, at, reason="", data=None):
        """One conditional UPDATE of what is different, and its event; returns {name: [old, new]} in codes and keys."""
        old = {name: getattr(self, name) for name in filed}
        new = {name: value for name, value in filed.items() if value != old[name]}
        if not new:
            return {}
        unmoved = type(self).objects.filter(pk=self.pk, status=self.status, **{name: old[name] for name in new})
        if unmoved.update(**new) != 1:
            raise TooLate(self._who_was_first(Act.RECATEGORISE))
        data = {**(data or {}), "changes": {name: [_code(old[name]), _code(new[name])] for name in new}}
        if "urgency" in new:
            data |= self.answer_was_due()
        self.refresh_from_db()
        if "urgency" in new:
            self._count_from_the_call()
        self._note(Act.RECATEGORISE, by=by, at=at, text=reason, data=data)
        return data["changes"]

    def _send_to_the_right_place(self, *, by, at):
        """Take the old place off the visit list, where nobody looked yet, and put the new one on it."""
        if not self.topic.about_a_place:
            return
        self._answer_alert(by=by, at=at, text=f"→ {self.where}")
        self._raise_alert(by=by, at=at)

    # --- words on the timeline ----------------------------------------------------------------------------------------------

    @transaction.atomic
    def note(self, *, by, text, act=Act.NOTE, at=None):
        """A note or a supervision on the timeline; the state stays."""
        if not text.strip():
            raise Refused(gettext("Write something."))
        self._hold()
        self.refuse_beside(act)
        self._note(act, by=by, at=at or timezone.now(), text=text)


def check_external(channel, external_no, deadline, *, received_at, but=None):
    """Refuse a number that is somebody's telephone number or taken, and a deadline that was over when the call came."""
    from complaints.models import Complaint

    if is_telephone(external_no):
        raise Refused({"external_no": gettext("This is a telephone number. Type the number of the sheet.")})
    if external_no and Complaint.objects.filter(channel=channel, external_no=external_no).exclude(pk=but).exists():
        raise Refused({"external_no": gettext("There is already a complaint with this external no.")})
    if deadline is not None and deadline <= received_at:
        raise Refused({"external_deadline": gettext("The deadline lies before the call.")})


def _step(step):
    from complaints.models import ServiceLevel

    return dict(ServiceLevel.Step.choices).get(step, step)


def _code(value):
    """A value as an event keeps it: the code of a topic or division, the key of a venue, a moment as text, words as they are."""
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    for name in ("slug", "code", "pk"):
        if hasattr(value, name):
            return getattr(value, name)
    return value
