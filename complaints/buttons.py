"""The moves as buttons: their words, keys and forms. Which of them a page offers is drawn from the table of workflow.py."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.forms import changes
from complaints.forms import moves as forms
from complaints.workflow import MOVES, NOT_COUNTED, OPEN, Act, Status, next_acts

_HANDLE, _DISPATCH = "complaints.handle_complaint", "complaints.dispatch_complaint"
_ANSWER = "complaints.answer_complaint"


@dataclass(frozen=True)
class Button:
    """One act as a button. `at_once`: pressed without a further page. `permission`: of an act that is no move."""

    act: str
    words: str
    key: str
    form: type
    at_once: bool = False
    danger: bool = False
    permission: str = ""

    @property
    def needs(self):
        return self.permission or MOVES[self.act].permission


BUTTONS = {
    button.act: button
    for button in (
        Button(Act.DISPATCH, _("Dispatch"), "d", forms.DispatchForm),
        Button(Act.SIGN, _("Sign for it"), "s", forms.SignForm, at_once=True),
        Button(Act.ARRIVE, _("Arrived"), "a", forms.ArriveForm, at_once=True),
        Button(Act.FIND, _("Record the finding"), "f", forms.FindForm),
        Button(Act.STOP, _("Stopped"), "x", forms.StopForm),
        Button(Act.TELL, _("Call the caller back"), "t", forms.TellForm),
        Button(Act.CLOSE, _("Close"), "c", forms.CloseForm),
        Button(Act.ANSWER_AT_ONCE, _("Answered on the telephone"), "r", forms.AnswerForm),
        Button(Act.STILL_GOING_ON, _("Still going on"), "g", forms.StillGoingOnForm),
        Button(Act.RETURN, _("Return to the desk"), "b", forms.ReturnForm),
        Button(Act.REOPEN, _("Reopen"), "o", forms.ReopenForm),
        Button(Act.MERGE, pgettext_lazy("complaint", "Merge"), "m", forms.MergeForm),
        Button(Act.TRANSFER, _("Transfer"), "p", forms.TransferForm),
        Button(Act.NOT_ACCEPT, _("Do not accept"), "", forms.NotAcceptForm, danger=True),
        Button(Act.VOID, _("Declare void"), "", forms.VoidForm, danger=True),
        Button(Act.TELL_FURTHER, _("Call a further caller back"), "y", forms.TellFurtherForm, permission=_ANSWER),
        Button(Act.SET_URGENCY, _("Change the urgency"), "u", changes.UrgencyForm, permission=_DISPATCH),
        Button(Act.RECATEGORISE, _("File anew"), "k", changes.RecategoriseForm, permission=_HANDLE),
        Button(Act.EXTERNAL, _("External no. and deadline"), "", changes.ExternalForm, permission=_HANDLE),
        Button(Act.NOTE, _("Note"), "n", changes.NoteForm, permission="complaints.view_complaint"),
        Button(Act.SUPERVISE, _("Supervise"), "", changes.SuperviseForm, permission=_HANDLE),
        Button(Act.EXTEND, _("Extend"), "", changes.ExtendForm, permission=_HANDLE),
    )
}
_WRITERS = (_HANDLE, "complaints.work_complaint", _ANSWER, _DISPATCH)


def may(user, act):
    """Whether the permissions of `user` allow the act at all, in whatever state."""
    if act == Act.NOTE:  # whoever may do something may say something
        return any(user.has_perm(permission) for permission in _WRITERS)
    return user.has_perm(BUTTONS[act].needs)


def moves_of(complaint, user):
    """The buttons of the moves that the table allows this officer now, without those that would be refused anyway."""
    useless = set()
    if complaint.finding != complaint.Finding.RUNNING:
        useless.add(Act.STOP)
    if complaint.caller_id is None or (complaint.status not in OPEN and not complaint.owes_answer()):
        useless.add(Act.TELL)
    return [BUTTONS[act] for act in next_acts(complaint, user) if act not in useless]


def with_callers(moves, callers, user):
    """The moves (pairs of button and address) as they stand with these callers (owed.Owed): while one keeps the complaint open it
    is not offered to be closed, but the next further caller who waits is."""
    if any(one.keeps_open for one in callers):
        moves = [pair for pair in moves if pair[0].act != Act.CLOSE]
    waiting = next((one for one in callers if one.state == "waiting" and not one.is_own), None)
    if waiting is None or not may(user, Act.TELL_FURTHER):
        return moves
    place = 1 if moves and moves[0][0].act == Act.TELL else 0
    return [*moves[:place], (BUTTONS[Act.TELL_FURTHER], waiting.tell_url), *moves[place:]]


def beside(complaint, user):
    """The buttons of the acts that change no state."""
    acts = [Act.NOTE]
    if complaint.status in OPEN:
        acts = [Act.SET_URGENCY, Act.NOTE, Act.SUPERVISE]
        acts += [Act.EXTEND] if complaint.extendable(timezone.now()) else []
    if complaint.status not in (*NOT_COUNTED, Status.MERGED):
        acts += [Act.RECATEGORISE] + [Act.EXTERNAL] * complaint.channel.external
    return [BUTTONS[act] for act in acts if may(user, act)]


def offered(complaint, user):
    """[(button, its address)] of the moves, and of the acts beside the states."""

    def with_addresses(buttons):
        return [(b, reverse("complaints:complaint_act", args=[complaint.number, str(b.act)])) for b in buttons]

    return with_addresses(moves_of(complaint, user)), with_addresses(beside(complaint, user))
