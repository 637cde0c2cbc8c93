"""How refunds write: statuses and levels of proof as colour + word + shape, amounts."""

from django import template
from django.utils.html import format_html

from refunds.models import CallBackAnswer, Deduction, Evidence, GroupLine
from refunds.status import Bucket, Status

register = template.Library()
DASH = "—"

# status, level or state: its shape (all of GB 2312) and its tone
LOOKS = {
    Status.CANCELLED_UNPAID: ("▲", "bad"),
    Status.PART_REFUNDED: ("◎", "warn"),
    Status.OVER_REFUNDED: ("◆", "bad"),
    Status.REFUNDED: ("●", "good"),
    Status.TRAVELLING: ("→", "info"),
    Status.BOOKED: ("◇", "info"),
    Status.SETTLED_OTHERWISE: ("□", "quiet"),
    Status.NOTHING_DUE: ("－", "quiet"),
    Status.COMPLETED: ("■", "quiet"),
    Evidence.Level.DECLARED: ("○", "warn"),
    Evidence.Level.EVIDENCED: ("◆", "info"),
    Evidence.Level.CONFIRMED: ("●", "good"),
    Deduction.State.CLAIMED: ("○", "warn"),
    Deduction.State.ACCEPTED: ("●", "good"),
    Deduction.State.REJECTED: ("×", "quiet"),
    CallBackAnswer.Result.RECEIVED: ("●", "good"),
    CallBackAnswer.Result.PARTLY: ("◎", "warn"),
    CallBackAnswer.Result.NOT_RECEIVED: ("▲", "bad"),
    CallBackAnswer.Result.REFUSED: ("□", "quiet"),
    CallBackAnswer.Result.NO_ANSWER: ("○", "quiet"),
    CallBackAnswer.Result.WRONG_NUMBER: ("×", "quiet"),
    "with_groups": ("◆", "info"),
    "nil": ("●", "good"),
    "silent": ("▲", "bad"),
    "not_asked": ("－", "quiet"),
}
LABELS = {
    **dict(Status.choices), **dict(Evidence.Level.choices), **dict(Deduction.State.choices), **dict(Bucket.choices),
    **dict(GroupLine.Reason.choices),
}  # fmt: skip
TONES = {Status.CANCELLED_UNPAID: "bad", Status.PART_REFUNDED: "warn", Status.OVER_REFUNDED: "bad"}


@register.simple_tag
def refund_badge(value, label=None):
    """A status of a group, a level of proof, the state of a deduction or of an agency, by its stored value."""
    if not value:
        return DASH
    shape, tone = LOOKS.get(value, ("◇", "quiet"))
    word = label or LABELS.get(value, value)
    form = '<span class="state tone-{}"><span class="shape" aria-hidden="true">{}</span> {}</span>'
    return format_html(form, tone, shape, word)


@register.filter
def refund_tone(status):
    """The class of a row whose group has this status; nothing for one that asks for nothing."""
    return f"tone-{TONES[status]}" if status in TONES else ""


@register.filter
def label_of(value):
    """The word for a stored status, level, state or bucket."""
    return LABELS.get(value, value) or DASH


@register.filter
def yuan(amount):
    """An amount: 1,280.50; a dash when it is unknown."""
    return DASH if amount is None else f"{amount:,.2f}"
