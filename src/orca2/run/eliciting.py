"""Whether a teacher shows its thoughts; else a strategy that is to teach them asks for them in the text."""

from collections.abc import Mapping, Sequence

from orca2.asking.ask import ask
from orca2.asking.client import ModelClient
from orca2.asking.keys import as_http_model
from orca2.core.eliciting import written
from orca2.core.thinking import Thinking
from orca2.core.types import Completion, Request, Strategy, Task
from orca2.progress import console

PROBED = 3  # answers under a strategy by which it is told: one may be so easy that no thought is needed

# strategies under which the teacher is asked to think in its text, and what is then asked of its own thinking
Aloud = Mapping[str, Thinking | None]


def thinks_aloud(client: ModelClient, asked: Sequence[tuple[Task, Strategy, Request]], asks: bool = True) -> Aloud:
    """Which strategies need that, by the first answers under each that is to teach thoughts; they are kept like any.

    With `asks` False nothing is asked of an endpoint: where no answer is known yet, thoughts are taken to be shown. A
    teacher that fails where it is asked to think may not know how, so that nothing more is asked of its own thinking.
    """
    by_strategy: dict[str, list[Request]] = {}
    for _, strategy, request in asked:
        requests = by_strategy.setdefault(strategy.name, [])
        if written(strategy) == "thought" and len(requests) < PROBED:
            requests.append(request)
    found: dict[str, Thinking | None] = {}
    for name, requests in by_strategy.items():
        answers = _answers(client, requests, asks)
        if not answers or any(answer.reasoning for answer in answers):
            continue
        failed = all(answer.error is not None for answer in answers)
        found[name] = None if failed else "off"
        console.print(
            f"  {client.model.name} shows no thoughts under {name}: it is asked to write them between <think> and"
            " </think>",
            soft_wrap=True, markup=False,
        )  # fmt: skip
    return found


def _answers(client: ModelClient, requests: Sequence[Request], asks: bool) -> list[Completion]:
    if asks or as_http_model(client.model) is None:
        return ask(client, requests, "") if requests else []
    known = [client.look_up(request).completion for request in requests]
    return [completion for completion in known if completion is not None]
