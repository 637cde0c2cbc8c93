"""What to do first, by work, and the keys: the help page's words. The steps lead to pages that the work's officers may enter."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Step:
    """One thing to do: a sentence, the URL name of the page where it is done, and what is asked of it."""

    words: str
    name: str
    query: str = ""


FIRST = {  # key of places.WORKS: what to do first, in this order
    "leader": (
        Step(_("See who leads and who has the telephone, and take over the lead: it is an act of two people."), "duty:now"),
        Step(_("Read the alarms from the top: each leads to the rows that it counts."), "dashboard"),
        Step(_("On the board of the order, look for venues that are violating, overdue or never seen; send a patrol."), "venues:orders"),
        Step(_("Decide what waits for you: swaps, leave, exclusions, refunds that a clerk entered."), "duty:changes"),
        Step(_("Open the draft of the daily report, review it, sign it. Who drafted it does not sign it."), "reports"),
    ),
    "desk": (
        Step(_("Take over the telephone from whoever holds it, and accept the open matters one by one."), "duty:now"),
        Step(_("When it rings: n opens a new call. Number first; then say what you hear, in the order in which it is said."), "complaints:call_new"),
        Step(_("Send somebody, and look at the desk for what is unsigned, who is on the way and who has not been told."), "complaints:desk"),
        Step(_("Call the venues of an order down, one after the other."), "venues:orders"),
        Step(_("Before you go, prepare the handover: it is filled from what is really open."), "duty:handovers"),
    ),
    "field": (
        Step(_("Record your temperature before you go out."), "my_health"),
        Step(_("Sign for the complaints that were sent to you, and press Arrived when you are there."), "complaints:desk"),
        Step(_("Record what you see at a venue at once: closed, or operating. Two officers, and the time."), "venues:inspection_new"),
        Step(_("When a venue operates, stop it and close the violation with a second look."), "venues:violations"),
        Step(_("Ask for a swap or leave, and take your calendar along."), "duty:mine"),
    ),
    "refunds": (
        Step(_("Drop the morning's sheets, all at once: what changed is shown before anything is entered."), "refunds:imports"),
        Step(_("Answer the questions; each names its cell."), "refunds:imports"),
        Step(_("Empty the work lists from the top: silent agencies, unpaid groups, evidence that is missing."), "refunds:work"),
        Step(_("Call travellers back, by lot: what they say is evidence."), "refunds:callbacks"),
        Step(_("Read the board; every number opens its groups."), "refunds:board"),
    ),
    "registry": (
        Step(_("Import the office's workbook as it is; read the preview and answer its questions once."), "venues:import_new"),
        Step(_("Look at what vanished from the list before you close anything."), "venues:imports"),
        Step(_("Correct a venue in the administration: every change is kept with its author."), "admin:venues_venue_changelist"),
        Step(_("Merge what stands there twice."), "admin:venues_venue_changelist"),
    ),
    "audit": (
        Step(_("Filter every trail by officer, act and time, and export what you filtered."), "audit"),
        Step(_("Look who revealed a caller, and with which reason."), "audit", "?trail=callers"),
        Step(_("Ask for the coverage certificate of any period."), "duty:certificate"),
        Step(_("Compare a signed report with what is known today: the page says whether it is unchanged."), "reports"),
    ),
    "figures": (
        Step(_("Read the day on one page; any number on it can be followed to its rows, where you may see them."), "dashboard"),
        Step(_("Ask for a past moment in the field As of: the same question gives the same answer."), "dashboard"),
        Step(_("Read the signed daily reports, and print them."), "reports"),
    ),
    "administrator": (
        Step(_("Make accounts and give each its role; a temporary password is changed at the first sign-in."), "admin:enforcement_officer_changelist"),
        Step(_("Unlock who was locked out, on the page of the officer."), "admin:enforcement_officer_changelist"),
        Step(_("Keep categories, channels, topics and service levels."), "admin:index"),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Keys:
    """The keys of one page; whoever works there holds one of the `permissions`; none: everybody."""

    permissions: tuple
    where: str
    keys: tuple  # (key as it is printed, what it does)


KEYS = (
    Keys(("complaints.log_call",), _("Desk"), (("n", _("new call")), ("Alt O", _("second call, beside the first")))),
    Keys(
        ("complaints.log_call",), _("New call"),
        (
            ("Ctrl Enter", _("save")), ("Ctrl Shift Enter", _("save and dispatch")), ("Alt J", _("add this call to the complaint offered")),
            ("Alt W", _("number withheld")), ("Alt U", _("place unclear")), ("Alt R", _("read back")), ("Alt A", _("answer at once")),
            ("Alt S", _("silent")), ("Alt N", _("nuisance")), ("Alt X", _("wrong number")), ("Alt M", _("missed")),
        ),
    ),
    Keys(
        ("complaints.handle_complaint", "complaints.work_complaint"), _("Complaint"),
        (
            ("d", _("dispatch")), ("s", _("sign for it")), ("a", _("arrived")), ("f", _("record the finding")), ("x", _("stopped")),
            ("t", _("call the caller back")), ("c", _("close")), ("w", _("record a look at the venue")), ("n", _("note")),
        ),
    ),
    Keys(("venues.add_notice",), _("Call-down list"), (("1 … 9", _("the outcome of the call")), ("0", _("give it back")))),
    Keys((), _("Every form"), (("Ctrl Enter", _("save")),)),
)  # fmt: skip
