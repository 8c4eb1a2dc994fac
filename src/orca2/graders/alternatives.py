"""Several gold answers, one a line, any of which is right; each is graded as its own kind."""

from orca2.core.nouns import Verdict
from orca2.graders import auto


def grade(target: str, response: str, question: str = "") -> Verdict:
    """The verdict of the first gold answer that the response gives, else of the first one."""
    golds = [line for line in target.split("\n") if line.strip()]
    if not golds:
        return Verdict("unextracted", None, "the gold answer is empty")
    # the gold answers themselves as a response, as they stand
    if " ".join(response.split()) == " ".join(target.split()):
        return Verdict("correct", golds[0].strip(), "equal to the gold answers")
    found = [auto.grade(gold, response, question) for gold in golds]
    return next((verdict for verdict in found if verdict.correct), found[0])
