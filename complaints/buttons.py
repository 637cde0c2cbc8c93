"""The moves as buttons: their words, keys and forms. Which of them a page offers is drawn from the table of workflow.py."""

from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.forms import changes, telling
from complaints.forms import moves as forms
from complaints.workflow import AT_WORK, BESIDE, OPEN, Act, may, next_acts


@dataclass(frozen=True)
class Button:
    """One act as a button. `at_once`: pressed without a further page."""

    act: str
    words: str
    key: str
    form: type
    at_once: bool = False
    danger: bool = False


BUTTONS = {
    button.act: button
    for button in (
        Button(Act.DISPATCH, _("Dispatch"), "d", forms.DispatchForm),
        Button(Act.SIGN, _("Sign for it"), "s", forms.SignForm, at_once=True),
        Button(Act.RESEND, _("Send others"), "e", forms.ResendForm),
        Button(Act.ARRIVE, _("Arrived"), "a", forms.ArriveForm, at_once=True),
        Button(Act.FIND, _("Record the finding"), "f", forms.FindForm),
        Button(Act.STOP, _("Stopped"), "x", forms.StopForm),
        Button(Act.TELL, _("Call the caller back"), "t", telling.TellForm),
        Button(Act.GIVE_UP, _("Give the caller up"), "", telling.GiveUpForm),
        Button(Act.CLOSE, pgettext_lazy("complaint", "Close"), "c", telling.CloseForm),
        Button(Act.ANSWER_AT_ONCE, _("Answered on the telephone"), "r", forms.AnswerForm),
        Button(Act.STILL_GOING_ON, _("Still going on"), "g", forms.StillGoingOnForm),
        Button(Act.RETURN, _("Return to the desk"), "b", forms.ReturnForm),
        Button(Act.REOPEN, _("Reopen"), "o", forms.ReopenForm),
        Button(Act.MERGE, pgettext_lazy("complaint", "Merge"), "m", forms.MergeForm),
        Button(Act.SEPARATE, _("Take out of the merged ones"), "", forms.SeparateForm, danger=True),
        Button(Act.TRANSFER, _("Transfer"), "p", forms.TransferForm),
        Button(Act.NOT_ACCEPT, _("Do not accept"), "", forms.NotAcceptForm, danger=True),
        Button(Act.VOID, _("Declare void"), "", forms.VoidForm, danger=True),
        Button(Act.TELL_FURTHER, _("Call a further caller back"), "y", telling.TellFurtherForm),
        Button(Act.FOLLOW_UP, _("Ask the caller afterwards"), "h", telling.FollowUpForm),
        Button(Act.SET_URGENCY, _("Change the urgency"), "u", changes.UrgencyForm),
        Button(Act.RECATEGORISE, _("File anew"), "k", changes.RecategoriseForm),
        Button(Act.EXTERNAL, _("External no. and deadline"), "", changes.ExternalForm),
        Button(Act.NOTE, _("Note"), "n", changes.NoteForm),
        Button(Act.SUPERVISE, _("Supervise"), "", changes.SuperviseForm),
        Button(Act.EXTEND, _("Extend"), "", changes.ExtendForm),
    )
}
_IN_ORDER = (
    Act.FOLLOW_UP, Act.SET_URGENCY, Act.NOTE, Act.SUPERVISE, Act.EXTEND, Act.RECATEGORISE, Act.EXTERNAL,
)  # fmt: skip


def moves_of(complaint, user):
    """The buttons of the moves that the table allows this officer now, without those that would be refused anyway. To give callers
    up is offered by `with_callers`, which knows them."""
    acts = next_acts(complaint, user)
    useless = {Act.GIVE_UP}
    if complaint.finding != complaint.Finding.RUNNING:
        useless.add(Act.STOP)
    if not _may_tell(complaint):
        useless.add(Act.TELL)
    buttons = [BUTTONS[act] for act in acts if act not in useless]
    if Act.SIGN in acts and not complaint.assignees.filter(pk=user.pk).exists():
        place = acts.index(Act.SIGN)
        instead = [_SIGN_FOR_THEM] if user.has_perm("complaints.handle_complaint") else []
        buttons[place : place + 1] = instead
    return buttons


_SIGN_FOR_THEM = replace(BUTTONS[Act.SIGN], words=_("Sign for one of them"), at_once=False)


def _may_tell(complaint):
    if complaint.caller_id is None or (complaint.status not in OPEN and not complaint.owes_answer()):
        return False
    return complaint.parent is None or complaint.parent.status not in AT_WORK


def with_callers(complaint, moves, callers, user):
    """The moves (pairs of button and address) as they stand with these callers (owed.Owed): while one keeps the complaint open it
    is not offered to be closed, but the next further caller who waits is."""
    if any(one.keeps_open for one in callers):
        moves = [pair for pair in moves if pair[0].act != Act.CLOSE]
    own = [one for one in callers if not one.merged and one.state == "waiting"]
    if own and not any(one.keeps_open for one in own) and Act.GIVE_UP in next_acts(complaint, user):
        address = reverse("complaints:complaint_act", args=[complaint.number, str(Act.GIVE_UP)])
        moves = [*moves, (BUTTONS[Act.GIVE_UP], address)]
    waiting = next((one for one in callers if one.state == "waiting" and not one.is_own), None)
    if waiting is None or not may(user, Act.TELL_FURTHER):
        return moves
    place = 1 if moves and moves[0][0].act == Act.TELL else 0
    return [*moves[:place], (BUTTONS[Act.TELL_FURTHER], waiting.tell_url), *moves[place:]]


def beside(complaint, user):
    """The buttons of the acts that change no state."""
    useless = set()
    if complaint.answered_at is None or complaint.caller_id is None:
        useless.add(Act.FOLLOW_UP)
    if not complaint.extendable(timezone.now()):
        useless.add(Act.EXTEND)
    if not complaint.channel.external:
        useless.add(Act.EXTERNAL)
    acts = [act for act in _IN_ORDER if complaint.status in BESIDE[act].sources and act not in useless]
    return [BUTTONS[act] for act in acts if may(user, act)]


def offered(complaint, user):
    """[(button, its address)] of the moves, and of the acts beside the states."""

    def with_addresses(buttons):
        return [(b, reverse("complaints:complaint_act", args=[complaint.number, str(b.act)])) for b in buttons]

    return with_addresses(moves_of(complaint, user)), with_addresses(beside(complaint, user))
