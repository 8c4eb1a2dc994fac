"""From a completion to a verdict: what cut-off, empty and failed answers count as."""

from typing import cast

from orca2 import plugins
from orca2.core.nouns import Completion, Task, Verdict
from orca2.graders._protocol import Grader


def judge(task: Task, completion: Completion, strict: bool) -> Verdict:
    """Grade an answer with the task's own grader; nothing that a model writes makes it raise.

    An answer cut at the token limit is truncated when `strict`: a demonstration cut short must never be
    trained on. A zero-shot answer that already said the right thing is given the benefit, so that a
    rambling base model is not undersold; a wrong one counts as truncated, with the answer that was read.
    """
    if completion.finish_reason == "error":
        return Verdict("failed", None, completion.error or "the call failed")
    if not completion.text.strip():
        return Verdict("unextracted", None, "empty answer")
    if completion.finish_reason == "length" and strict:
        return Verdict("truncated", None, "cut at the token limit")
    grader = cast(Grader, plugins.get("graders", task.grader))
    verdict = grader.grade(task.target, completion.text, task.prompt)
    if completion.finish_reason == "length" and not verdict.correct:
        return Verdict("truncated", verdict.answer, "cut at the token limit")
    return verdict
