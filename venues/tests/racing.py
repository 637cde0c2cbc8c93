"""Two at once: acts in threads of their own, each with its own connection, let go together."""

import threading

from django.db import connection


def at_once(*acts):
    """Run the acts at the same time and return what each returned or raised, in their order."""
    start = threading.Barrier(len(acts))
    outcomes = [None] * len(acts)

    def run(place, act):
        try:
            connection.ensure_connection()
            start.wait(timeout=20)
            outcomes[place] = act()
        except Exception as error:  # handed to the test
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


def sort_out(outcomes, refusal):
    """(those who won, the refusals); anything else that was raised fails the test with itself."""
    refusals = [outcome for outcome in outcomes if isinstance(outcome, refusal)]
    won = [outcome for outcome in outcomes if not isinstance(outcome, refusal)]
    for outcome in won:
        if isinstance(outcome, BaseException):
            raise outcome
    return won, refusals
