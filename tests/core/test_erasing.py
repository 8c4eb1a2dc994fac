"""The law that the project exists for: no strategy instruction survives in any lesson."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from orca2.core.erasing import erase, gives_away, leaks, traces, with_instruction
from orca2.core.types import Call, Completion, Demonstration, Message, PriorCall, Strategy, Task, TaskSystem
from orca2.core.wording import asked, instructed_system
from orca2.strategies import built_in

KNOWN = built_in()
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
    for instruction in filter(None, (*strategy.instructions, *(call.prompt for call in strategy.calls))):
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
        assert leaks(with_instruction(shown(strategy.instructions[-1], "What is 2 + 2?", "4")), KNOWN)


def test_an_empty_instruction_is_no_leak_and_erases_to_the_generic_message() -> None:
    nothing = Strategy("nothing", "", ("",))
    assert traces(nothing) == set()
    lesson = erase(shown("", "2 + 2?", "4"), GENERIC, (nothing,))
    assert lesson is not None and lesson.messages[0] == Message("system", GENERIC)
    assert with_instruction(shown("", "2 + 2?", "4")).messages[0] == Message("system", "")


@given(text, text, text)
def test_earlier_calls_never_reach_a_lesson(first: str, follow_up: str, last: str) -> None:
    earlier = (PriorCall("answer", Completion("first " + first, "stop"), "then " + follow_up),)
    messages = (Message("system", "S"), Message("user", "2 + 2?"))
    demonstration = Demonstration("id", "f", "s", messages, Completion(last, "stop"), earlier=earlier)
    strategy = Strategy("s", "", ("S",))
    for lesson in (erase(demonstration, GENERIC, ()), with_instruction(demonstration)):
        assert lesson is not None and [m.content for m in lesson.messages[1:]] == ["2 + 2?", last]
    assert erase(demonstration, "G", (strategy,)) is None or "s" not in last.casefold()


def test_a_follow_up_is_a_trace_too() -> None:
    strategy = Strategy("s", "", ("Solve.",), calls=(Call("check", "Look whether each of the steps holds."),))
    assert erase(shown("", "q", "I look whether each of the steps holds. Yes."), GENERIC, (strategy,)) is None


@given(st.lists(st.tuples(text, text), min_size=1, max_size=5), text, text)
def test_examples_are_turns_before_the_task_and_are_checked_like_it(
    examples: list[tuple[str, str]], prompt: str, answer: str
) -> None:
    others = [shown("I", *pair) for pair in examples]
    lesson = erase(shown("I", prompt, answer), GENERIC, (), others)
    assert lesson is not None
    assert [m.role for m in lesson.messages] == ["system", *["user", "assistant"] * (len(others) + 1)]
    assert [m.content for m in lesson.messages[1:]] == [said for pair in [*examples, (prompt, answer)] for said in pair]
    strategy = Strategy("s", "", ("Think about every option in turn.",))
    leaky = [*others, shown("I", "q", strategy.instructions[0])]
    assert erase(shown("I", prompt, answer), GENERIC, (strategy,), leaky) is None


def test_an_instruction_that_says_the_target_is_found() -> None:
    steps = Strategy("s", "", ("Work in steps.\n1. Look.\n2. Say it: Paris.",), calls=(Call("c", "42"),))
    assert gives_away(steps, ["London", "paris"]) == "paris"
    assert gives_away(steps, ["42"]) == "42"
    assert gives_away(steps, ["1", "2", "steps", ""]) is None  # numbers of a list are none
    assert all(gives_away(known, ["1", "5", "yes", "23415", "..."]) is None for known in KNOWN)


THINKS = Strategy("custom", "", ("Think first.",), thinking="high", writes="thought")


def thinking(thought: str) -> Demonstration:
    messages = (Message("system", "Think first."), Message("user", "7 + 1?"))
    return Demonstration("id", "family", "custom", messages, Completion("8", "stop", reasoning=thought))


def test_a_thought_is_learned_under_a_strategy_that_thinks_only() -> None:
    shown_ = thinking(" 7, then 1 more \n")
    lesson = erase(shown_, GENERIC, (THINKS,))
    assert lesson is not None and lesson.messages[-1] == Message("assistant", "8", "7, then 1 more")
    assert with_instruction(shown_, (THINKS,)).messages[-1].reasoning == "7, then 1 more"
    for quiet in (replace(THINKS, writes="none"), replace(THINKS, writes="empty")):
        lesson = erase(shown_, GENERIC, (quiet,))
        assert lesson is not None and lesson.messages[-1] == Message("assistant", "8")


def test_a_thought_that_repeats_the_instruction_is_no_lesson() -> None:
    strategy = replace(THINKS, instructions=("Weigh every option before you say anything at all.",))
    assert erase(thinking("I am to weigh every option before you say anything at all."), GENERIC, (strategy,)) is None
    assert erase(thinking("7, then 1"), GENERIC, (strategy,)) is not None


def test_examples_are_shown_without_their_thoughts() -> None:
    lesson = erase(thinking("mine"), GENERIC, (THINKS,), [thinking("theirs")])
    assert lesson is not None and [m.reasoning for m in lesson.messages] == ["", "", "", "", "mine"]


TURNS = (Message("user", "2 + 2?"), Message("assistant", "4"))


def under(own: str, answer: str = "6") -> Demonstration:
    """A demonstration of the last of two questions, by a teacher that saw an instruction and the task's own message."""
    messages = (Message("system", f"Think about every option in turn.\n\n{own}"), *TURNS, Message("user", "and 3 + 3?"))
    return Demonstration("id", "f", "s", messages, Completion(answer, "stop"), system=own)


STRATEGY = Strategy("s", "", ("Think about every option in turn.",))


def test_a_tasks_own_message_stays_as_the_recipe_says_and_its_turns_always() -> None:
    said = {}
    for keeps in ("both", "task", "default"):
        lesson = erase(under("Answer in French."), GENERIC, (STRATEGY,), keeps=keeps)
        assert lesson is not None
        assert lesson.messages[1:] == (*TURNS, Message("user", "and 3 + 3?"), Message("assistant", "6"))
        said[keeps] = lesson.messages[0].content
    assert said == {"both": f"{GENERIC}\n\nAnswer in French.", "task": "Answer in French.", "default": GENERIC}


def test_an_instruction_in_a_tasks_own_message_or_an_earlier_turn_is_a_leak() -> None:
    own = "Be kind. Think about every OPTION in turn."
    assert erase(under(own), GENERIC, (STRATEGY,)) is None
    assert erase(under(own), GENERIC, (STRATEGY,), keeps="task") is None
    assert erase(under(own), GENERIC, (STRATEGY,), keeps="default") is not None
    (system, asked, answered, *rest) = under("").messages
    told = replace(under(""), messages=(system, asked, Message("assistant", STRATEGY.instructions[0]), *rest))
    assert answered.content == "4" and erase(told, GENERIC, (STRATEGY,)) is None


@given(text, st.lists(st.tuples(text, text), max_size=3), text, text, st.sampled_from(["both", "task", "default"]))
def test_no_instruction_survives_in_a_conversation(
    own: str, pairs: list[tuple[str, str]], prompt: str, answer: str, keeps: TaskSystem
) -> None:
    history = [Message(role, said) for pair in pairs for role, said in zip(("user", "assistant"), pair, strict=True)]
    task = Task("id", "f", prompt, "", "auto", "train", system=own, history=tuple(history))
    messages = asked(task, instructed_system(STRATEGY, task, 0))
    demonstration = Demonstration("id", "f", "s", messages, Completion(answer, "stop"), system=own)
    lesson = erase(demonstration, GENERIC, (STRATEGY,), keeps=keeps)
    if lesson is None:
        return
    assert not leaks(lesson, (STRATEGY,)) and [m.role for m in lesson.messages].count("system") == 1
    assert lesson.messages[1:] == (*history, Message("user", prompt), Message("assistant", answer))
