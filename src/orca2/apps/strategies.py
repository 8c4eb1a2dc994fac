"""What each strategy asks for; and one tried on one task, with every call that it makes."""

from collections.abc import Callable, Sequence
from pathlib import Path

from orca2 import plugins
from orca2 import recipe as recipes
from orca2.asking.client import ModelClient
from orca2.asking.converse import CallChain, converse
from orca2.checkpoints.names import find
from orca2.core.eliciting import written
from orca2.core.identity import task_id
from orca2.core.model import Model
from orca2.core.types import Request, Strategy, Task
from orca2.core.wording import asked, instructed_system
from orca2.errors import ModelError, RecipeError
from orca2.sections import Teacher
from orca2.strategies import FIRST, built_in, load, load_all

WRITES = {"thought": "the thought, then the answer", "empty": "an empty thought, then the answer"}
KEY = "teacher.options"  # what an option of the model is called in a recipe


def show(named: Sequence[str]) -> None:
    """Print the named strategies, or every built-in one."""
    for strategy in load_all(named) if named else built_in():
        print("\n".join(_lines(strategy)))


def attempt(
    name: str | None, task: str | None, model: str | None, options: Sequence[str], max_tokens: int, seed: int
) -> None:
    """Print every call that a strategy makes for one task, with the model's answers; ModelError if one fails.

    `model` is a plug-in of `models/` with `options` as key=value, or what `orca2 chat` takes. The answers are kept.
    """
    if name is None:
        raise RecipeError("--task and --model are for --try; add --try with the name of a strategy")
    strategy = load(name)
    if not task or not task.strip():
        raise RecipeError('--try needs a task to be tried on; add --task "..."')
    if not model:
        raise RecipeError(
            "--try needs a model; add --model with a run folder, a hub id or openai (model=... base_url=...)"
        )
    tried = Task(task_id(task), "", task, "", "auto", "train")
    messages = asked(tried, instructed_system(strategy, tried, seed))
    request = Request(messages, max_tokens, seed=seed, task=tried, strategy=strategy.name, thinking=strategy.thinking)
    label = f"{strategy.name} on {model}"
    (chain,) = converse(ModelClient(_model(model, options)), [request], [strategy.calls], FIRST, label)
    print("\n".join(_transcript(strategy, chain)))
    if chain.completion.error:
        raise ModelError(f"{model}: {chain.completion.error}")
    print(f"\n{_marked(strategy, chain.completion.text)}")


def _model(spec: str, options: Sequence[str]) -> Model:
    """A plug-in with its options, or a student as `orca2 chat` finds it."""
    if spec in plugins.names("models") or spec.endswith(".py"):
        known = recipes.section(
            Teacher, "teacher", [f'teacher.model="{spec}"', *(f"{KEY}.{option}" for option in options)]
        )
        count: Callable[[str], int] = lambda text: len(text.split())  # noqa: E731
        loaded: Model = plugins.call(KEY, plugins.get("models", spec).load, known.options, count=count, base=Path())
        return loaded
    if options:
        raise RecipeError(f"{options[0]}: {spec} takes no options; they are for a plug-in such as --model openai")
    from orca2.models.transformers import load as load_student

    return load_student(*find(spec))


def _lines(strategy: Strategy) -> list[str]:
    """Name and purpose, then the wordings, the marking and the calls."""
    says = [wording or "(nothing)" for wording in strategy.instructions]
    ends = {"": "as the model likes; graders look for a stated or a last answer", "...": "nothing but the answer"}
    found = [f"{strategy.name}: {strategy.about}"]
    found += [line for text in says for line in _entry("says", text)]
    found += _entry("marks", ends.get(strategy.answer, strategy.answer))
    if strategy.thinking is not None:
        asked = f"up to {strategy.thinking} tokens" if isinstance(strategy.thinking, int) else strategy.thinking
        found += _entry("thinking", asked)
    if told := WRITES.get(written(strategy)):
        found += _entry("writes", told)
    if strategy.calls:
        found += _entry(f"call 1 {FIRST}", "the task; what is said last is kept")
    for number, call in enumerate(strategy.calls, 2):
        found += _entry(f"call {number} {call.name}", call.prompt)
    return [*found, ""]


def _entry(label: str, text: str) -> list[str]:
    first, *rest = text.splitlines() or [""]
    return [f"  {label:<14}{first}", *(f"  {'':<14}{line}" for line in rest)]


def _transcript(strategy: Strategy, chain: CallChain) -> list[str]:
    """Each call: its number and name, what it adds to the conversation, and the answer; its thought too, where the
    strategy is to teach thoughts."""
    shows = written(strategy) == "thought"
    names = [FIRST, *(call.name for call in strategy.calls)]
    opened = chain.request.messages[:2]
    turns = [[f"[{message.role}] {message.content or '(empty)'}" for message in opened]]
    turns += [[f"[user] {before.follow_up}"] for before in chain.earlier]
    answers = [*(before.completion for before in chain.earlier), chain.completion]
    found: list[str] = []
    for number, (added, answer) in enumerate(zip(turns, answers, strict=True)):
        thought = f" ({answer.reasoning_tokens} thought)" if answer.reasoning_tokens else ""
        tokens = f"{answer.tokens_in} tokens in, {answer.tokens_out} out{thought}, {answer.finish_reason}"
        said = f"[assistant] {answer.text}" if answer.error is None else f"[failed] {answer.error}"
        thoughts = [f"[thought] {answer.reasoning}"] if answer.reasoning and shows else []
        found += ["", f"call {number + 1} of {len(names)}: {names[number]} ({tokens})", *added, *thoughts, said]
    return found[1:]


def _marked(strategy: Strategy, said: str) -> str:
    """Whether the last answer is marked as the strategy asks."""
    if strategy.answer in ("", "..."):
        return "kept: the last answer"
    mark = strategy.answer.split("...")[0].strip()
    found = "stands" if mark.casefold() in said.casefold() else "does not stand"
    return f"kept: the last answer; its mark {mark!r} {found} in it"
