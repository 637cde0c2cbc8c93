"""Asking a person, and taking the answer where there is one."""

from refunds.importing.problems import choices_of, problem


class Judge:
    """Collects what must be asked. `answers`: {key of a problem: the choice that somebody made}; `waiting`: cells about which
    something else is asked already, whose answer comes first."""

    def __init__(self, answers, waiting=()):
        self._answers, self._waiting = answers, waiting
        self.problems = []

    def ask(self, code, cell, **params):
        """The choice that was made about this, else None, and then the question stands among `problems`, unless its cell waits for
        another answer. What names a group that is not in the sheet has no cell of its own, and waits for none."""
        asked = problem(code, cell, **params)
        answer = self._answers.get(asked.key)
        if answer in choices_of(asked):
            return answer
        if cell not in self._waiting or code == "vanished":
            self.problems.append(asked)
        return None

    def asks(self, cell):
        """Whether something was asked about this cell already."""
        return any(asked.cell == cell for asked in self.problems)
