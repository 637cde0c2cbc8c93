"""Taking a call down: the act that makes a complaint, its caller, its call and its number in one transaction."""

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from complaints.due import due_moments
from complaints.models.callers import Caller
from complaints.workflow import Act
from venues.masking import without_people
from venues.models.inspections import CLOCK_TOLERANCE
from venues.secrets import is_telephone
from venues.transitions import Refused

_WORDS = ("place", "reply_when")  # beside the content


class Registering:
    """Mixed into the manager of Complaint."""

    @transaction.atomic
    def register(
        self, *, by, client_id, channel, topic, content, received_at=None, recorded_at=None, number="", name="", urgency="",
        urgency_reason="", backfilled=False, **fields,
    ):  # fmt: skip
        """Store a complaint and the call that brought it; the same `client_id` again gives the stored one.

        `number`, `name`: the caller's, empty when withheld; they and everybody's numbers are taken out of the words.
        `urgency` empty: as the topic proposes; another one needs `urgency_reason`. `fields` are further columns of Complaint.
        Needs content, and a venue, a place or place_unclear."""
        from complaints.models import Call, DayCounter

        known = self.filter(client_id=client_id).first()
        if known:
            return known
        received_at, recorded_at = received_at or timezone.now(), recorded_at or timezone.now()
        self._check(received_at, content, fields)
        proposed = topic.propose(fields.get("ongoing") == "yes")
        if urgency and urgency != proposed and not urgency_reason.strip():
            raise Refused({"urgency_reason": gettext("Another urgency than the proposed one needs its reason.")})
        said = {"content": content, **{field: fields[field] for field in _WORDS if fields.get(field)}}
        kept = {field: without_people(text.strip(), name, number) for field, text in said.items()}
        whole = {field: text.strip() for field, text in said.items() if text.strip() != kept[field]}
        caller = Caller.objects.note(number=number, name=name, words=whole)
        fields |= kept
        leader, phone_officer = self._on_duty(received_at)
        complaint = self.model(
            client_id=client_id, channel=channel, topic=topic, kind=fields.pop("kind", "") or topic.kind,
            received_at=received_at, recorded_at=recorded_at, urgency=urgency or proposed, caller=caller, taken_by=by, leader=leader,
            phone_officer=phone_officer, backfilled=backfilled, number=DayCounter.next_number(received_at), **fields,
        )  # fmt: skip
        self._fill_place(complaint)
        for step, due in due_moments(complaint).items():
            setattr(complaint, f"{step}_due_at", due)
        complaint.save(force_insert=True)
        reason = without_people(urgency_reason.strip(), name, number)
        data = {"urgency_reason": reason} if reason else {}
        complaint._note(Act.REGISTER, by=by, at=received_at, recorded_at=recorded_at, data=data)
        Call.objects.create(
            client_id=client_id, channel=channel, caller=caller, started_at=received_at, answered_by=by, complaint=complaint,
            recorded_at=recorded_at,
        )  # fmt: skip
        return complaint

    def _check(self, received_at, content, fields):
        if received_at > timezone.now() + CLOCK_TOLERANCE:
            raise Refused({"received_at": gettext("This moment lies in the future.")})
        if not content.strip():
            raise Refused({"content": gettext("Write down what was said.")})
        if is_telephone(fields.get("external_no", "")):
            raise Refused({"external_no": gettext("This is a telephone number. Type the number of the sheet.")})
        if not (fields.get("venue") or fields.get("place", "").strip() or fields.get("place_unclear")):
            raise Refused({"place": gettext("Name the venue or the place, or say that it is unclear.")})

    def _on_duty(self, at):
        """(leader, telephone officer) at the moment, as the roster says; None where it says nothing."""
        by_role = {getattr(officer, "duty_role", ""): officer for officer in get_user_model().objects.on_duty(at)}
        return by_role.get("leader"), by_role.get("phone")

    def _fill_place(self, complaint):
        """District and street of the venue, where the officer gave none."""
        venue = complaint.venue
        if venue is not None:
            complaint.district = complaint.district or venue.district
            complaint.street = complaint.street or venue.street
