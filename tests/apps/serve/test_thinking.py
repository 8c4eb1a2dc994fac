"""How much a request has the student think, and what clients see of it over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest

from orca2.apps.serve._bodies import ChatBody
from orca2.apps.serve._errors import Refused
from orca2.apps.serve._thinking import ThinkingPlan, plan
from orca2.checkpoints.chat_codec import ChatCodec
from tests.apps.serve.test_fields import CHAT, read, refused
from tests.checkpoints.true_templates import names, template, tokenizer_of
from tests.serving import KEY, Running, start
from tests.training.students import DIRECT, EASY, HARD, RIGHT, STUDENTS, THOUGHT, learn

real = pytest.mark.skipif(not names(), reason="trl is not installed")
AUTO = ThinkingPlan()


def body(**more: Any) -> ChatBody:
    found = read(ChatBody, {**CHAT, **more})
    assert isinstance(found, ChatBody)
    return found


def switched(**switches: Any) -> dict[str, Any]:
    return {"chat_template_kwargs": switches}


@real
@pytest.mark.parametrize(("more", "planned"), [
    ({}, AUTO),
    (switched(), AUTO),
    (switched(enable_thinking=True), ThinkingPlan("on")),
    (switched(thinking=False), ThinkingPlan("off", 0)),
    ({"thinking_budget": 7}, ThinkingPlan("auto", 7)),
    ({"reasoning_effort": "none"}, ThinkingPlan("off", 0)),
    ({"reasoning_effort": "low"}, ThinkingPlan("auto", 512)),
    ({"reasoning_effort": "medium"}, AUTO),
    ({"reasoning_effort": "high"}, ThinkingPlan("on")),
    ({"reasoning_effort": "high", "thinking_budget": 9}, ThinkingPlan("on", 9)),
    ({"thinking_budget": 9, **switched(enable_thinking=False)}, ThinkingPlan("off", 0)),
])  # fmt: skip
def test_what_a_request_comes_to(more: dict[str, Any], planned: ThinkingPlan) -> None:
    assert plan(body(**more), ChatCodec(tokenizer_of(template("qwen3"))), AUTO) == planned


@real
def test_what_the_server_was_told_holds_for_requests_that_say_nothing() -> None:
    chat, told = ChatCodec(tokenizer_of(template("qwen3"))), ThinkingPlan("off", 0)
    assert plan(body(), chat, told) == told
    assert plan(body(**switched(enable_thinking=True)), chat, told) == ThinkingPlan("on", 0)
    assert plan(body(reasoning_effort="high"), chat, told) == ThinkingPlan("on")
    assert plan(body(thinking_budget=3), chat, ThinkingPlan("auto", 99)) == ThinkingPlan("auto", 3)


@real
def test_a_template_that_knows_efforts_is_told_the_effort() -> None:
    chat = ChatCodec(tokenizer_of(template("gptoss")))
    wanted = plan(body(reasoning_effort="high"), chat, AUTO)
    assert wanted == ThinkingPlan("auto", None, "high")
    ids = chat.encode_prompt(body().conversation(), thinking=wanted.thinking, effort=wanted.effort)
    assert "Reasoning: high" in chat.tokenizer.decode(ids)
    assert plan(body(reasoning_effort="none"), chat, AUTO) == ThinkingPlan("off", 0)


@real
def test_a_student_without_thoughts_refuses_to_think() -> None:
    chat = ChatCodec(tokenizer_of(template("llama3")))
    for neutral in ({}, {"reasoning_effort": "none"}, {"reasoning_effort": "medium"}, switched(enable_thinking=False),
                    {"thinking_budget": 4}):  # fmt: skip
        assert plan(body(**neutral), chat, AUTO) == AUTO
    for wanted in ({"reasoning_effort": "high"}, switched(enable_thinking=True)):
        with pytest.raises(Refused, match="this student knows no thoughts"):
            plan(body(**wanted), chat, AUTO)


@real
def test_two_things_at_once_are_refused() -> None:
    chat = ChatCodec(tokenizer_of(template("qwen3")))
    with pytest.raises(Refused, match="enable_thinking is against reasoning_effort high"):
        plan(body(reasoning_effort="high", **switched(enable_thinking=False)), chat, AUTO)
    with pytest.raises(Refused, match="none of none, minimal, low, medium, high, xhigh"):
        plan(body(reasoning_effort="huge"), chat, AUTO)
    assert "say the opposite" in refused(ChatBody, {**CHAT, **switched(enable_thinking=True, thinking=False)}).message
    other = refused(ChatBody, {**CHAT, **switched(language="en")})
    assert other.param == "chat_template_kwargs" and other.status == 400
    assert refused(ChatBody, {**CHAT, "thinking_budget": -1}).param == "thinking_budget"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("thinks")
    learn(STUDENTS["Qwen3"], folder)
    running = start(folder / "student", "--device", "cpu", "--dtype", "fp32")
    yield running
    running.process.terminate()
    assert running.process.wait(60) == 0


def asked(server: Running, question: str, **more: Any) -> Any:
    turns = [{"role": "user", "content": question}]
    create = server.client.chat.completions.create
    return create(**{"model": "student", "messages": turns, "max_completion_tokens": 96, "temperature": 0, **more})


@real
@pytest.mark.slow
def test_the_official_client_sees_the_thought_apart(server: Running) -> None:
    hard, easy = asked(server, HARD.content), asked(server, EASY.content)
    message = hard.choices[0].message
    assert (message.content, message.reasoning_content, message.reasoning) == (RIGHT, THOUGHT, THOUGHT)
    assert 0 < hard.usage.completion_tokens_details.reasoning_tokens < hard.usage.completion_tokens
    assert (easy.choices[0].message.content, easy.choices[0].message.reasoning) == (DIRECT, None)
    again = asked(server, EASY.content, messages=[
        {"role": "user", "content": HARD.content}, message.model_dump(), {"role": "user", "content": EASY.content},
    ])  # fmt: skip
    assert again.choices[0].finish_reason in ("stop", "length")  # a reply can be sent back as it is dumped
    hidden = asked(server, HARD.content, extra_body={"include_reasoning": False})
    assert hidden.choices[0].message.content == RIGHT and not hasattr(hidden.choices[0].message, "reasoning")
    cut = asked(server, HARD.content, max_completion_tokens=6)
    assert (cut.choices[0].message.content, cut.choices[0].finish_reason) == ("", "length")
    assert THOUGHT.startswith(cut.choices[0].message.reasoning) and cut.choices[0].message.reasoning
    off = asked(server, HARD.content, extra_body=switched(enable_thinking=False))
    assert off.choices[0].message.reasoning is None and off.choices[0].message.content


@real
@pytest.mark.slow
def test_a_stream_gives_the_thought_before_the_answer(server: Running) -> None:
    chunks = list(asked(server, HARD.content, stream=True, stream_options={"include_usage": True}))
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    thinking = [place for place, delta in enumerate(deltas) if getattr(delta, "reasoning", None)]
    saying = [place for place, delta in enumerate(deltas) if delta.content]
    assert max(thinking) < min(saying) and len(thinking) > 1 and len(saying) > 1
    assert "".join(getattr(delta, "reasoning_content", None) or "" for delta in deltas) == THOUGHT
    assert "".join(delta.content or "" for delta in deltas) == RIGHT
    assert chunks[-1].usage.completion_tokens_details.reasoning_tokens > 0
    budget = list(asked(server, HARD.content, stream=True, extra_body={"thinking_budget": 4}))
    thought = "".join(getattr(c.choices[0].delta, "reasoning", None) or "" for c in budget if c.choices)
    assert len(thought) < len(THOUGHT) and THOUGHT.startswith(thought)


@real
@pytest.mark.slow
def test_the_chat_page_folds_the_thought_away(server: Running, browser: Any) -> None:
    from playwright.sync_api import expect

    page, complaints = browser.new_page(), list[str]()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(server.base)
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Key").fill(KEY)
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Your message").fill(HARD.content)
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".note", has_text="of them thought")).to_be_visible()
    assert page.locator(".message.assistant").inner_text() == RIGHT
    folded = page.locator("details.thought")
    assert folded.count() == 1 and not folded.evaluate("element => element.open")
    folded.locator("summary").click()
    assert folded.locator("div").inner_text() == THOUGHT
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Thinking").select_option("off")
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="Retry").click()
    expect(page.locator("details.thought")).to_have_count(0)
    expect(page.get_by_role("button", name="Retry")).to_be_enabled()
    assert page.locator("details.thought").count() == 0 and not complaints
    page.close()
