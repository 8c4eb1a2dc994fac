"""The law that the project exists for: no strategy instruction survives in any lesson."""

from hypothesis import given
from hypothesis import strategies as st

from orca2 import plugins
from orca2.core.erasing import erase, keep, leaks, traces
from orca2.core.nouns import Completion, Demonstration, Message, Strategy

KNOWN = tuple(plugins.get("strategies", name).STRATEGY for name in plugins.names("strategies"))
GENERIC = "You are a cautious assistant. You carefully follow instructions."

instructions = st.text(min_size=1, max_size=80).filter(str.strip)
custom = st.builds(lambda texts: Strategy("custom", "", tuple(texts)), st.lists(instructions, min_size=1, max_size=3))
text = st.text(max_size=120)


def shown(instruction: str, prompt: str, answer: str) -> Demonstration:
    messages = (Message("system", instruction), Message("user", prompt))
    return Demonstration("id", "family", "custom", messages, Completion(answer, "stop"))


@st.composite
def leaky(draw: st.DrawFn) -> tuple[Strategy, str, str]:
    """A strategy, a prompt and an answer, either of which may quote the instruction, recased and respaced."""
    strategy = draw(custom)
    quote = draw(st.sampled_from(strategy.instructions)).upper().replace(" ", "  \n")
    prompt, answer = draw(text), draw(text)
    return (
        strategy,
        draw(st.sampled_from([prompt, prompt + quote])),
        draw(st.sampled_from([answer, quote + answer])),
    )


@given(leaky())
def test_no_instruction_survives(case: tuple[Strategy, str, str]) -> None:
    strategy, prompt, answer = case
    lesson = erase(shown(strategy.instructions[0], prompt, answer), GENERIC, (strategy, *KNOWN))
    if lesson is None:
        return
    said = " ".join(" ".join(m.content.casefold().split()) for m in lesson.messages)
    for known in (strategy, *KNOWN):
        assert not any(trace in said for trace in traces(known))
    assert lesson.messages[0] == Message("system", GENERIC)
    assert [m.content for m in lesson.messages[1:]] == [prompt, answer]


@given(st.sampled_from(KNOWN), text, text)
def test_an_echoed_instruction_is_caught(strategy: Strategy, before: str, after: str) -> None:
    for instruction in strategy.instructions:
        echoed = f"{before} {instruction} {after}"
        assert erase(shown(instruction, "2 + 2?", echoed), GENERIC, (strategy,)) is None
        assert erase(shown(instruction, echoed, "4"), GENERIC, (strategy,)) is None


def test_one_sentence_of_an_instruction_is_enough() -> None:
    strategy = Strategy("long", "", ("Think about every option in turn. Be brief.",))
    assert erase(shown("", "q", "I think about every option in turn. Yes."), GENERIC, (strategy,)) is None
    assert erase(shown("", "q", "Be brief."), GENERIC, (strategy,)) is not None  # ordinary language


def test_the_built_in_strategies_leave_a_plain_lesson_alone() -> None:
    for strategy in KNOWN:
        assert erase(shown(strategy.instructions[0], "What is 2 + 2?", "4"), GENERIC, KNOWN) is not None
        assert leaks(keep(shown(strategy.instructions[0], "What is 2 + 2?", "4")), KNOWN)
