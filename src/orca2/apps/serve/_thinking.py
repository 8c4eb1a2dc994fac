"""How much a request has the student think: what it says itself, and what the server was told for all."""

from dataclasses import dataclass

from orca2.apps.serve._bodies import ChatBody
from orca2.apps.serve._errors import Refused
from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.thought_form import ThinkingMode

# an effort as whether there is a thought, and how many tokens it may have; one that a template knows is its own affair
EFFORTS: dict[str, tuple[ThinkingMode, int | None]] = {
    "none": ("off", 0),
    "minimal": ("auto", 128),
    "low": ("auto", 512),
    "medium": ("auto", None),
    "high": ("on", None),
    "xhigh": ("on", None),
}


@dataclass(frozen=True, slots=True)
class ThinkingPlan:
    """Whether there is to be a thought, the tokens after which it is closed by force, and the effort for a template
    that knows efforts, empty for none."""

    thinking: ThinkingMode = "auto"
    budget: int | None = None
    effort: str = ""


def plan(body: ChatBody, chat: ChatCodec, default: ThinkingPlan) -> ThinkingPlan:
    """What a request comes to; Refused where it wants a thought of a student that knows none, or two things at once."""
    effort, switches = body.reasoning_effort, body.chat_template_kwargs
    switched = switches.enable_thinking if switches.enable_thinking is not None else switches.thinking
    if effort is not None and effort not in EFFORTS:
        raise _refused("reasoning_effort", f"{effort[:40]!r} is none of {', '.join(EFFORTS)}")
    if chat.thoughts is None:
        if switched:
            raise _refused("chat_template_kwargs", "this student knows no thoughts; leave enable_thinking out")
        if effort not in (None, "none", "medium"):
            raise _refused("reasoning_effort", "this student knows no thoughts; leave it out or send none")
        return ThinkingPlan()
    thinking, budget = (default.thinking, default.budget) if effort is None else EFFORTS[effort]
    if switched is not None:
        if effort is not None and (thinking == "off") is switched:
            raise _refused("chat_template_kwargs", f"enable_thinking is against reasoning_effort {effort}; send one")
        thinking = "on" if switched else "off"
    budget = body.thinking_budget if body.thinking_budget is not None else budget
    native = effort if effort not in (None, "none") and chat.knows_effort else ""
    if native and body.thinking_budget is None and thinking != "off":
        return ThinkingPlan("on" if switched else "auto", None, native)
    return ThinkingPlan(thinking, 0 if thinking == "off" else budget)


def _refused(param: str, why: str) -> Refused:
    return Refused(400, f"{param}: {why}", code="unsupported_value", param=param)
