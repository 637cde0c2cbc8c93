"""Who follows what happens at a venue: apps above register here, so that this floor need not know them.

A follower is called inside the transaction that keeps the look or stops the violation, in `AppConfig.ready()` order. It
must not raise for reasons of its own: a record from the field is always kept.
"""

_of_looks = []
_of_stops = []


def register(follower):
    """Call `follower(inspection)` for each kept look that answers an alert. The same follower twice counts once."""
    if follower not in _of_looks:
        _of_looks.append(follower)
    return follower


def on_stop(follower):
    """Call `follower(violation)` for each violation that stopped."""
    if follower not in _of_stops:
        _of_stops.append(follower)
    return follower


def looked(inspection):
    for follower in _of_looks:
        follower(inspection)


def stopped(violation):
    for follower in _of_stops:
        follower(violation)
