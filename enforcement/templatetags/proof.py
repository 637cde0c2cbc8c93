"""How proof is written: durations to the second."""

from django import template
from django.utils.translation import gettext as _

from enforcement.charts.svg import figure_of
from enforcement.templatetags.house import share_percent

register = template.Library()


@register.filter
def exact(seconds):
    """Whole seconds in minutes and seconds, nothing rounded away: 1,439 min 1 s."""
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return _("%(seconds)s s") % {"seconds": rest}
    if not rest:
        return _("%(minutes)s min") % {"minutes": figure_of(minutes)}
    return _("%(minutes)s min %(seconds)s s") % {"minutes": figure_of(minutes), "seconds": rest}


@register.filter
def grouped(number):
    """A number with its thousands apart: 1,008,000."""
    return figure_of(number)


@register.filter
def of(part, whole):
    """`part` as a percentage of `whole`, rounded down: never 100 % before all of it."""
    return share_percent(part, whole)


@register.filter
def clock_hours(duration):
    """A duration as hours and minutes: 72:00; a dash for none."""
    minutes = int(duration.total_seconds() // 60)
    return f"{minutes // 60}:{minutes % 60:02d}" if minutes else "–"
