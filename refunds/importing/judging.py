"""Asking a person, and taking the answer where there is one."""

from refunds.importing.problems import answers_of, problem


class Judge:
    """Collects what must be asked. `answers`: {key of a problem: the choice that somebody made}."""

    def __init__(self, answers):
        self._answers = answers
        self.problems = []

    def ask(self, code, cell, **params):
        """The choice that was made about this, else None, and then the question stands among `problems`."""
        asked = problem(code, cell, **params)
        answer = self._answers.get(asked.key)
        if answer in answers_of(code):
            return answer
        self.problems.append(asked)
        return None
