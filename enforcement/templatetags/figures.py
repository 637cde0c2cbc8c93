"""`{% figure described "complaints.accepted" %}`: a figure of the catalogue as a number with its counting word, linked to its
rows for who may see them."""

from django import template
from django.utils.html import format_html

from enforcement.charts.svg import figure_of
from enforcement.templatetags.house import not_recorded

register = template.Library()


@register.simple_tag(takes_context=True)
def figure(context, described, key):
    """What is not recorded, or not in these figures at all (no order is in force), says so and is never 0."""
    one = described.get(key)
    if one is None or one.value is None:
        return not_recorded()
    number = _number(one)
    if not one.url or not _may(context, one.permission):
        return number
    return format_html('<a href="{}">{}</a>', one.url, number)


def _number(one):
    """The number and its word as `counted` writes them; a text or a moment as it is."""
    if one.in_words:
        return format_html('<span class="counted"><b>{}</b></span>', one.text)
    return format_html(
        '<span class="counted"><b>{}</b> <span class="unit">{}</span></span>', figure_of(one.value), one.word
    )


def _may(context, permission):
    """Pages without a reader (a print, a text) have no links."""
    user = getattr(context.get("request"), "user", None)
    return user is not None and (not permission or user.has_perm(permission))
