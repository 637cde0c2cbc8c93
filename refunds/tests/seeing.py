"""What tests read of pages: words without tags, the forms and what is wrong with them, the way a person sends them."""

import html
import re
import uuid


def text_of(page):
    """The words of a piece of HTML."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page))).strip()


def sent(client, path, **fields):
    """The answer to a form with a key of its own."""
    files = {name: value for name, value in fields.items() if value is not None}
    return client.post(path, {"form_key": str(uuid.uuid4()), **files})


def field_error(page, field_id):
    """The words beside the field with this id, "" when nothing is wrong with it."""
    found = re.search(rf'id="{re.escape(field_id)}_error">(.*?)</div>', page, re.S)
    return text_of(found[1]).lstrip("▲ ") if found else ""


def value_of(page, field_id):
    """What stands in the field with this id."""
    tag = re.search(rf'<input[^>]*id="{re.escape(field_id)}"[^>]*>', page)
    if tag:
        return html.unescape((re.search(r'value="([^"]*)"', tag[0]) or ["", ""])[1])
    area = re.search(rf'<textarea[^>]*id="{re.escape(field_id)}"[^>]*>\s*(.*?)</textarea>', page, re.S)
    return html.unescape(area[1]) if area else None


def links(page, path):
    """The addresses on the page that begin like this, each once."""
    return sorted({html.unescape(href) for href in re.findall(rf'href="({re.escape(path)}[^"]*)"', page)})
