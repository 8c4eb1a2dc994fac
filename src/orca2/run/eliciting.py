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

Asked = Sequence[tuple[Task, Strategy, Request]]
# strategies under which the teacher is asked to think in its text, and what is then asked of its own thinking
Aloud = Mapping[str, Thinking | None]


def thinks_aloud(client: ModelClient, asked: Asked, asks: bool = True) -> Aloud:
    """Which strategies need that, by the first answers under each that is to teach thoughts; they are kept like any.

    With `asks` False nothing is asked of an endpoint: where no answer is known yet, thoughts are taken to be shown. A
    teacher that fails where it is asked to think may not know how, so that nothing more is asked of its own thinking.
    """
    found: dict[str, Thinking | None] = {}
    for name, probes in _probes(asked).items():
        requests = [request for _, request in probes]
        if asks or as_http_model(client.model) is None:
            answers = ask(client, requests, "")
        else:
            answers = [known for request in requests if (known := client.look_up(request).completion) is not None]
        told = [answer for answer in answers if answer.error is not None or answer.text.strip()]
        if not told or any(map(_thinks, told)):
            continue
        failed = all(answer.error is not None for answer in told)
        found[name] = None if failed else "off"
        console.print(
            f"  {client.model.name} shows no thoughts under {name}: it is asked to write them between <think> and"
            " </think>",
            soft_wrap=True, markup=False,
        )  # fmt: skip
    return found


def undecided(client: ModelClient, asked: Asked) -> Mapping[str, set[str]]:
    """The strategies of which that cannot be told yet, an answer being missing, with the ids of the tasks that tell."""
    found = {}
    for name, probes in _probes(asked).items():
        known = [client.look_up(request).completion for _, request in probes]
        if None in known and not any(answer is not None and _thinks(answer) for answer in known):
            found[name] = {task.id for task, _ in probes}
    return found


def _thinks(answer: Completion) -> bool:
    """Whether an answer shows a thought before it; one that is cut off may be all thought, or none."""
    return bool(answer.reasoning.strip() and answer.text.strip())


def _probes(asked: Asked) -> Mapping[str, Sequence[tuple[Task, Request]]]:
    """The first requests under each strategy that is to teach thoughts."""
    found: dict[str, list[tuple[Task, Request]]] = {}
    for task, strategy, request in asked:
        if written(strategy) == "thought" and len(found.setdefault(strategy.name, [])) < PROBED:
            found[strategy.name].append((task, request))
    return found
