"""Gaps and clashes of a plan in words; numbers as SVG wants them."""

from django import template

from enforcement.duty import clashes, coverage
from enforcement.templatetags.house import minutes_words

register = template.Library()


@register.filter
def unlocalized(number):
    """A number with a decimal point in every language."""
    return str(number)


@register.simple_tag
def gap_sentence(gap):
    return coverage.sentence(gap)


@register.simple_tag
def gap_length(gap):
    """How long the gap is: to the second where it is under a minute."""
    return minutes_words(gap.seconds / 60) if gap.seconds >= 60 else f"{gap.seconds} s"


@register.simple_tag
def clash_sentence(clash):
    return clashes.sentence(clash)
