"""What an address or a form asks for by its id."""

from django.shortcuts import get_object_or_404

LONGEST = 18  # digits; every id of the database has fewer, and Python refuses to read numbers of thousands of digits


def as_id(text):
    """The id that `text` names, an int, or None when it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST else None


def asked_for(request, model, name):
    """The object that the address names by its id, or None; an id that is nobody's is a 404."""
    text = request.GET.get(name, "")
    return get_object_or_404(model, pk=as_id(text)) if text else None
