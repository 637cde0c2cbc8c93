"""Keeping callers out of words that were stored before they called: a neighbour who was named may be the next caller.

The words of a complaint are rewritten then, not only shown otherwise: they are searched, exported and outlive the caller's
name. What was said in full goes, encrypted, to the caller whom it names.
"""

from venues.models import Alert

WORDS = ("content", "place", "reply_when", "outcome", "transferred_to", "team_label")


def keep_out(complaint, callers):
    """Take these Callers out of the stored words of a complaint and of the alert that it raised. Call inside a transaction that
    holds the complaint."""
    named = [caller for caller in callers if caller is not None and caller.has_name]
    if named:
        complaint.refresh_from_db(fields=WORDS)
    for caller in named:
        said = {word: getattr(complaint, word) for word in WORDS}
        clean = {word: caller.taken_out_of(text) for word, text in said.items()}
        changed = {word: text for word, text in clean.items() if text != said[word]}
        if changed:
            caller.remember({word: said[word] for word in changed})
            type(complaint).objects.filter(pk=complaint.pk).update(**changed)
            for word, text in changed.items():
                setattr(complaint, word, text)
        if complaint.alert_id:
            _out_of_alert(complaint.alert_id, caller)


def _out_of_alert(pk, caller):
    said = Alert.objects.filter(pk=pk).values("words", "place").get()
    clean = {name: caller.taken_out_of(text) for name, text in said.items()}
    if clean != said:
        Alert.objects.filter(pk=pk).update(**clean)
