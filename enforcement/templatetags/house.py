"""How the house writes: moments, durations, counted numbers, states as colour + word + shape; helpers for forms."""

import re
import unicodedata
import uuid
from datetime import date, datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import npgettext

from enforcement.charts.svg import element, figure_of, percent

register = template.Library()
DASH = "—"

# A state's shape and tone. The shapes are of GB 2312, so that every Chinese typeface has them.
STATES = {
    # targets: the ten states of venues.states
    "violating": ("▲", "bad"),
    "verified": ("●", "good"),
    "stale": ("◎", "good"),
    "reported": ("◆", "info"),
    "uncertain": ("？", "warn"),
    "told": ("◇", "info"),
    "unreached": ("×", "warn"),
    "untouched": ("○", "quiet"),
    "excluded": ("－", "quiet"),
    "lifted": ("□", "quiet"),
    # orders, violations, patrols, alerts
    "draft": ("◇", "quiet"),
    "active": ("●", "good"),
    "cancelled": ("×", "quiet"),
    "open": ("▲", "bad"),
    "stopped": ("■", "warn"),
    "ordered": ("◆", "info"),
    "resolved": ("●", "good"),
    "transferred": ("→", "quiet"),
    "withdrawn": ("×", "quiet"),
    "reinstated": ("＋", "info"),
    "planned": ("◇", "quiet"),
    "out": ("→", "info"),
    "returned": ("●", "good"),
    "answered": ("●", "good"),
    "waiting": ("○", "warn"),
    # daily reports
    "reviewed": ("◆", "info"),
    "signed": ("●", "good"),
    "sent": ("→", "good"),
    # venues
    "dormant": ("◎", "quiet"),
    "ceased": ("×", "quiet"),
    "revoked": ("×", "bad"),
    "moved": ("→", "quiet"),
    "unlocatable": ("？", "warn"),
    "unlicensed": ("△", "bad"),
    "merged": ("→", "quiet"),
    # complaints
    "registered": ("○", "warn"),
    "dispatched": ("◇", "warn"),
    "in_progress": ("◆", "info"),
    "awaiting_answer": ("◎", "warn"),
    "answered_at_once": ("●", "good"),
    "not_accepted": ("×", "quiet"),
    "void": ("×", "quiet"),
    "critical": ("▲", "bad"),
    "urgent": ("△", "warn"),
    "normal": ("○", "quiet"),
    # results of inspections
    "closed": ("●", "good"),
    "operating": ("▲", "bad"),
    "concealed": ("▲", "bad"),
    "limited": ("◎", "warn"),
    "not_found": ("？", "warn"),
    "unverifiable": ("？", "warn"),
    # outcomes of notices
    "reached": ("●", "good"),
    "refused": ("◆", "warn"),
    "no_answer": ("○", "warn"),
    "bad_number": ("×", "warn"),
    "posted_to_group": ("◇", "quiet"),
    "left_on_door": ("◇", "quiet"),
    # imports and their rows
    "reading": ("◎", "info"),
    "preview": ("◆", "info"),
    "applying": ("◎", "info"),
    "applied": ("●", "good"),
    "failed": ("×", "bad"),
    "discarded": ("×", "quiet"),
    "undone": ("□", "quiet"),
    "error": ("×", "bad"),
    "errors": ("×", "bad"),
    "warning": ("△", "warn"),
    "fixed": ("●", "info"),
    "undecided": ("？", "warn"),
    "created": ("＋", "good"),
    "changed": ("◆", "info"),
    "same": ("○", "quiet"),
    "skipped": ("－", "quiet"),
    # the roster: handovers, changes, leave, versions
    "prepared": ("◇", "info"),
    "taken": ("◆", "warn"),
    "countersigned": ("●", "good"),
    "asked": ("◇", "warn"),
    "approved": ("●", "good"),
    "agreed": ("◆", "info"),
    "holds": ("◆", "warn"),
    "offered": ("◆", "info"),
    "superseded": ("□", "quiet"),
    "published": ("●", "good"),
}


def counting_word(word, number):
    """The counting word of a number: never add or compare two different ones."""
    match word:
        case "venues" | "家":
            return npgettext("counting word", "venue", "venues", number)
        case "inspections" | "家次":
            return npgettext("counting word", "inspection", "inspections", number)
        case "turnouts" | "人次":
            return npgettext("counting word", "officer turnout", "officer turnouts", number)
        case "people" | "人":
            return npgettext("counting word", "person", "people", number)
        case "runs" | "车次":
            return npgettext("counting word", "vehicle run", "vehicle runs", number)
        case "violations" | "起":
            return npgettext("counting word", "violation", "violations", number)
        case "notices":
            return npgettext("counting word", "notice", "notices", number)
        case "complaints" | "件":
            return npgettext("counting word", "complaint", "complaints", number)
        case "calls":
            return npgettext("counting word", "call", "calls", number)
        case "groups":
            return npgettext("counting word", "group", "groups", number)
        case "orders":
            return npgettext("counting word", "order", "orders", number)
        case "rows":
            return npgettext("counting word", "row", "rows", number)
        case "times":
            return npgettext("counting word", "time", "times", number)
        case "agencies":
            return npgettext("counting word", "agency", "agencies", number)
        case "callbacks":
            return npgettext("counting word", "call-back", "call-backs", number)
        case "gaps":
            return npgettext("counting word", "gap", "gaps", number)
        case "numbers":
            return npgettext("counting word", "number", "numbers", number)
        case "pieces" | "只":
            return npgettext("counting word", "piece", "pieces", number)
        case "items":
            return npgettext("counting word", "item", "items", number)
        case "minutes":
            return npgettext("counting word", "minute", "minutes", number)
        case "seconds":
            return npgettext("counting word", "second", "seconds", number)
    return word


# --- numbers and time ---------------------------------------------------------------------------------------------
@register.filter
def minutes_words(value):
    """A duration (minutes or a timedelta) in words: 3 小时 58 分; whole minutes, rounded down; a dash for None."""
    if value is None or value == "":
        return DASH
    if isinstance(value, timedelta):
        value = value.total_seconds() / 60
    sign, minutes = ("−", -value) if value < 0 else ("", value)
    hours, minutes = divmod(int(minutes), 60)
    if not hours:
        return sign + _("%(minutes)s min") % {"minutes": minutes}
    if not minutes:
        return sign + _("%(hours)s h") % {"hours": hours}
    return sign + _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}


MOMENTS = {
    "full": "%Y-%m-%d %H:%M",
    "seconds": "%Y-%m-%d %H:%M:%S",
    "short": "%m-%d %H:%M",
    "date": "%Y-%m-%d",
    "time": "%H:%M",
}


@register.simple_tag
def moment(at, form="full"):
    """A moment in local time as <time>; `form` is full, short, time, date or seconds."""
    if not at:
        return DASH
    if isinstance(at, datetime):
        at = timezone.localtime(at) if timezone.is_aware(at) else at
        exact, words = at.isoformat(timespec="seconds"), at.strftime(MOMENTS[form])
        return format_html('<time datetime="{}">{}</time>', exact, words)
    if isinstance(at, date):
        return format_html('<time datetime="{0}">{0}</time>', at.isoformat())
    raise TypeError(f"moment takes a datetime or a date, not {at!r}")


@register.simple_tag
def not_recorded():
    """What stands where a number is not known: never 0, and the same words everywhere."""
    return format_html('<span class="muted">{}</span>', _("not recorded"))


@register.simple_tag
def counted(number, word):
    """A number with its counting word: 184 家. Words as in `counting_word`: "venues", "inspections" …, or "家", "家次" …"""
    if number is None:
        return not_recorded()
    form = '<span class="counted"><b>{}</b> <span class="unit">{}</span></span>'
    return format_html(form, figure_of(number), counting_word(word, number))


def share_percent(part, whole):
    """The percentage with one decimal, rounded down: never 100 % before all of them."""
    if not whole:
        return ""
    tenths = int(part * 1000 // whole)
    return f"{tenths / 10:g}%"


@register.simple_tag
def share(part, whole, form=""):
    """`part` of `whole`: 182 / 184; with form "percent" the percentage after it."""
    if part is None or whole is None:
        return not_recorded()
    tail = ""
    if form == "percent" and whole:
        tail = format_html(' <span class="percent">({})</span>', share_percent(part, whole))
    return format_html('<span class="share"><b>{}</b> / {}{}</span>', figure_of(part), figure_of(whole), tail)


@register.simple_tag
def share_bar(part, whole):
    """A small bar beside an n / N; the words carry the meaning, so it is hidden from screen readers."""
    filled = percent(min(1, part / whole)) if whole else "0%"
    boxes = element("rect", width="100%", height="100%") + element("rect", width=filled, height="100%")
    return element("svg", boxes, class_="share-bar", aria_hidden="true")


@register.simple_tag
def heat(part, whole, form="heat"):
    """The class of a matrix cell by share: heat-0 (none) … heat-5 (all), or bad-0 … bad-5; "none" without a whole."""
    if not whole:
        return "none"
    step = 0 if part <= 0 else 5 if part >= whole else 1 + int(part * 4 // whole)
    return f"{form}-{step}"


# --- states and people --------------------------------------------------------------------------------------------
@register.simple_tag
def state_badge(value, label=None):
    """A state as colour + word + shape. A TextChoices member brings its label; an unknown state gets a plain shape."""
    if value is None or value == "":
        return DASH
    word = label if label not in (None, "") else getattr(value, "label", value)
    shape, tone = STATES.get(str(value), ("◇", "quiet"))
    slug = re.sub(r"[^a-z0-9_-]", "", str(value).lower())
    form = '<span class="state state-{} tone-{}"><span class="shape" aria-hidden="true">{}</span> {}</span>'
    return format_html(form, slug, tone, shape, word)


def _masked(number):
    digits = re.sub(r"\D", "", number)
    if len(digits) >= 11:
        return f"{digits[:3]}****{digits[-4:]}"
    return f"****{digits[-3:]}" if len(digits) >= 7 else "****"


@register.filter
def masked_phone(value):
    """A telephone number as 130****0257; at least four digits of every number in the text are hidden."""
    if not value:
        return DASH
    text = unicodedata.normalize("NFKC", str(value))
    return re.sub(r"\+?\d(?:[\d\s().-]*\d)+", lambda found: _masked(found.group()), text)


# --- URLs and forms -----------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def query_with(context, **changes):
    """The current query string with changes: `{% query_with page=2 q=None %}`; None or "" takes a parameter away."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        elif isinstance(value, list | tuple):
            query.setlist(name, [str(one) for one in value])
        else:
            query[name] = str(value)
    return "?" + query.urlencode()


@register.simple_tag(takes_context=True)
def form_key(context, form=None, new=False):
    """The hidden key by which one sending of a form is counted once.

    A form shown again with its errors keeps the key that was sent; a fresh form gets a new one. On a page with several
    forms, name the form (`{% form_key form %}`): only the one that was sent keeps its key; none does with `new=True`.
    """
    request = context.get("request")
    sent = request.POST.get("form_key", "") if request is not None and request.method == "POST" else ""
    if new or (form is not None and not form.is_bound):
        sent = ""
    try:
        key = uuid.UUID(sent)
    except ValueError:
        key = uuid.uuid4()
    return format_html('<input type="hidden" name="form_key" value="{}">', key)
