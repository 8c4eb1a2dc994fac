"""Open answers of a benchmark before a judge: rated, held against their source, or two of them against each other."""

from collections.abc import Sequence
from dataclasses import dataclass

from orca2.asking.ask import ask
from orca2.asking.client import ModelClient
from orca2.core.preferring import Preference
from orca2.core.types import Completion, Message, Request
from orca2.errors import ModelError
from orca2.grading import judge_prompts, rating_prompts

TOKENS = 512  # of a judge's reply


@dataclass(frozen=True, slots=True)
class Open:
    """An answer to rate: the turns of its conversation, and the reference and source that the judge may see.

    `references` has one entry a turn, empty where there is none.
    """

    turns: tuple[tuple[str, str], ...]
    references: tuple[str, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Rating:
    """`scores` from 1 to 10, one a turn that could be read; `made_up` None where it was not asked or not said."""

    scores: tuple[int, ...]
    made_up: bool | None
    said: str


def rate(client: ModelClient, answers: Sequence[Open]) -> list[Rating]:
    """Rate each turn of each answer; ModelError if the judge gives no score at all."""
    asked: list[tuple[int, bool, tuple[Message, ...]]] = []
    for index, answer in enumerate(answers):
        for turn in range(len(answer.turns)):
            reference = answer.references[turn] if turn < len(answer.references) else ""
            asked.append((index, False, rating_prompts.rating_prompt(answer.turns[: turn + 1], reference)))
        if answer.source:
            asked.append((index, True, rating_prompts.grounded_prompt(answer.source, answer.turns[-1][1])))
    replies = _replies(client, [prompt for _, _, prompt in asked])
    found = [Rating((), None, "")] * len(answers)
    for (index, grounded, _), reply in zip(asked, replies, strict=True):
        before, score = found[index], None if grounded else rating_prompts.rating(reply.text)
        said = f"{before.said}\n\n{reply.text or reply.error or ''}".strip()
        found[index] = Rating(
            (*before.scores, score) if score is not None else before.scores,
            rating_prompts.made_up(reply.text) if grounded else before.made_up,
            said,
        )
    if answers and not any(rating.scores for rating in found):
        raise _mute(client, replies, "Score: N")
    return found


def prefer(client: ModelClient, pairs: Sequence[tuple[str, str, str]]) -> list[Preference]:
    """Of (question, our answer, their answer), which the judge prefers in both orders; `split` if the order decides."""
    prompts = [judge_prompts.pair_prompt(ours, theirs, question) for question, ours, theirs in pairs]
    prompts += [judge_prompts.pair_prompt(theirs, ours, question) for question, ours, theirs in pairs]
    replies = _replies(client, prompts)
    firsts, seconds = replies[: len(pairs)], replies[len(pairs) :]
    found = [preference(first.text, second.text) for first, second in zip(firsts, seconds, strict=True)]
    if pairs and all(one == "unread" for one in found):
        raise _mute(client, replies, "Verdict: A")
    return found


def preference(first: str, second: str) -> Preference:
    """From the reply with ours as A, and the one with ours as B."""
    said = [judge_prompts.BETTER.findall(reply) for reply in (first, second)]
    if not all(said):
        return "unread"
    places = (said[0][-1].lower(), said[1][-1].lower())
    named: dict[tuple[str, str], Preference] = {("a", "b"): "ours", ("b", "a"): "theirs", ("tie", "tie"): "tie"}
    return named.get(places, "split")


def _replies(client: ModelClient, prompts: Sequence[tuple[Message, ...]]) -> list[Completion]:
    return ask(client, [Request(prompt, TOKENS) for prompt in prompts], "judge")


def _mute(client: ModelClient, replies: Sequence[Completion], form: str) -> ModelError:
    first = replies[0].error or repr(" ".join(replies[0].text.split())[:120])
    return ModelError(
        f"judge {client.model.name}: none of {len(replies)} replies holds {form!r}, the first is {first};"
        " name a model that follows instructions with --judge"
    )
