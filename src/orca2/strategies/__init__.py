"""From the names in a recipe to strategies, each checked, so that a slip in a file of one's own is one clear line."""

import functools
import re
from collections.abc import Iterable
from pathlib import Path
from typing import get_args

from orca2 import plugins
from orca2.core.thinking import Thinking, Writes
from orca2.core.types import Call, Strategy
from orca2.errors import RecipeError

FIRST = "answer"  # the call that every strategy makes: the task itself
_TEMPLATE = re.compile(r"(?<![\w\\])\{+\s*(\w+)\s*\}+")  # \boxed{answer} is none
_SEE = "see docs/strategies.md"


@functools.cache
def load(name: str, base: Path = Path()) -> Strategy:
    """A built-in strategy, a part of a built-in set ("orca1:cot"), or that of a `.py` file or a dotted module."""
    file, colon, part = (name, "", "") if name.endswith(".py") else name.partition(":")
    module = plugins.get("strategies", file, base)
    if colon:
        parts: dict[str, Strategy] = getattr(module, "STRATEGIES", {})
        if part not in parts:
            valid = ", ".join(f"{file}:{known}" for known in parts) or "none"
            raise RecipeError(f"strategies: no {name!r}{plugins.suggest(part, list(parts))}; parts of {file}: {valid}")
        return parts[part]
    if not hasattr(module, "STRATEGY"):
        raise RecipeError(f"strategies: {name} defines no STRATEGY; {_SEE}")
    found = module.STRATEGY
    if problem := _problem(found):
        raise RecipeError(f"strategies: {name}: {problem}; {_SEE}")
    assert isinstance(found, Strategy)
    return found


def load_all(names: Iterable[str], base: Path = Path()) -> tuple[Strategy, ...]:
    """The named strategies in order; RecipeError if two of them go by one name."""
    found: dict[str, Strategy] = {}
    for name in names:
        strategy = load(name, base)
        if strategy.name in found:
            raise RecipeError(
                f"strategies: {name}: another strategy is called {strategy.name!r} already; rename it, or name it once"
            )
        found[strategy.name] = strategy
    return tuple(found.values())


def built_in() -> tuple[Strategy, ...]:
    """Every strategy that a recipe can name without a file of its own, the parts of sets too."""
    found = []
    for name in plugins.names("strategies"):
        parts = getattr(plugins.get("strategies", name), "STRATEGIES", {})
        found += [load(name), *(load(f"{name}:{part}") for part in parts)]
    return tuple(found)


def _problem(found: object) -> str | None:
    """What is wrong with the STRATEGY of a file, if anything is."""
    if not isinstance(found, Strategy):
        return f"STRATEGY is a {type(found).__name__}, not a Strategy of orca2.core.types"
    for field in ("name", "about", "answer"):
        if not isinstance(getattr(found, field), str):
            return f"{field} is a {type(getattr(found, field)).__name__}, not text"
    if not found.name.strip() or found.name != " ".join(found.name.split()):
        return f"name {found.name!r} is empty or has stray spaces"
    if found.answer and "..." not in found.answer:
        return f"answer {found.answer!r} has no ... where the answer goes"
    if isinstance(found.instructions, str):
        return 'instructions is one text; write ("...",) with a comma, also for a single wording'
    if not isinstance(found.instructions, tuple | list) or not found.instructions:
        return "instructions has no wording; give at least one"
    if wrong := [text for text in found.instructions if not isinstance(text, str)]:
        return f"instructions holds {wrong[0]!r}, which is not text"
    return _thinking_problem(found) or _calls_problem(found) or _template_problem(found)


def _thinking_problem(found: Strategy) -> str | None:
    efforts, writes = get_args(get_args(Thinking)[0]), get_args(Writes)
    if found.writes not in (None, *writes):
        return f"writes is {found.writes!r}; valid: {', '.join(writes)}"
    tokens = type(found.thinking) is int and found.thinking > 0
    if found.thinking is not None and not tokens and found.thinking not in efforts:
        return f"thinking is {found.thinking!r}; valid: {', '.join(efforts)}, or tokens above 0"
    if found.thinking == "off" and found.writes == "thought":
        return 'thinking is "off", and writes "thought" would learn from one'
    return None


def _calls_problem(found: Strategy) -> str | None:
    if not isinstance(found.calls, tuple | list) or not all(isinstance(call, Call) for call in found.calls):
        return "calls holds something else than Call(name, prompt); write (Call(...),) with a comma, also for one"
    names = [FIRST]
    for call in found.calls:
        if not (isinstance(call.name, str) and isinstance(call.prompt, str) and call.name and call.prompt.strip()):
            return f"call {call.name!r} needs a name and a prompt"
        if call.name in names:
            return f"two calls are named {call.name!r} (the first one is always {FIRST!r})"
        names.append(call.name)
    return None


def _template_problem(found: Strategy) -> str | None:
    for text in (*found.instructions, *(call.prompt for call in found.calls)):
        if template := _TEMPLATE.search(text):
            return (
                f"{template.group()} in {text[:60]!r} is a template, and nothing fills it in;"
                f" an instruction says how to solve a task, never what stands in its columns"
            )
    return None
