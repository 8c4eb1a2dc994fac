"""What a judge is asked of an open answer of a benchmark, and how its replies are read.

A rating from 1 to 10 of the last answer of a conversation (as in Zheng et al. 2023, arXiv 2306.05685), and for
summaries whether all that they claim stands in their source. `grading.rating` asks.
"""

import re
from collections.abc import Sequence

from orca2.core.types import Message
from orca2.grading.judge_prompts import SCORE, prompt

_ASK_RATING = (
    "How good is the last answer of this conversation? Judge whether it does what was asked, is right, and helps the"
    " user{reference}; length and style by themselves do not count. Reason in two sentences at most, then end with a"
    ' line of the form "Score: N", where N is 1 (useless or wrong) to 10 (as good as can be).'
)
_ASK_GROUNDED = (
    "Does the summary claim anything that the source does not say or clearly imply: a fact, number, name or event of"
    " its own? Leaving things out is no fault. Name the first such claim if there is one, then end with a line of the"
    ' form "Made up: yes" or "Made up: no".'
)
_MADE_UP = re.compile(r"\bmade[ -]up\W{1,6}(yes|no)\b", re.IGNORECASE)


def rating_prompt(turns: Sequence[tuple[str, str]], reference: str) -> tuple[Message, ...]:
    """`turns` are (what the user said, what was answered), the one to be rated last."""
    lines = [line for asked, said in turns for line in (f"[user] {asked}", f"[assistant] {said}")]
    held = ", held against the reference" if reference else ""
    return prompt(_ASK_RATING.format(reference=held), conversation="\n".join(lines), reference=reference)


def grounded_prompt(source: str, summary: str) -> tuple[Message, ...]:
    return prompt(_ASK_GROUNDED, source=source, summary=summary)


def rating(reply: str) -> int | None:
    """The score from 1 to 10 that a reply ends with; None if it holds none."""
    found = SCORE.findall(reply)
    return int(found[-1]) if found else None


def made_up(reply: str) -> bool | None:
    """Whether the judge found a claim that the source lacks; None if it does not say."""
    found = _MADE_UP.findall(reply)
    return found[-1].lower() == "yes" if found else None
