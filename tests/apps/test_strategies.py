"""`orca2 strategies`: what each one asks, and a try that shows every call."""

from pathlib import Path

import pytest

from orca2.strategies import built_in
from tests.conftest import Run
from tests.server import completion, serve


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_the_list_has_all_of_them_and_all_they_say(run: Run) -> None:
    code, said, _ = run("strategies")
    assert code == 0
    for strategy in built_in():
        assert f"{strategy.name}: {strategy.about}\n" in said
        for text in (*strategy.instructions, *(call.prompt for call in strategy.calls)):
            assert all(line in said for line in text.splitlines())
    think, briefly, never = (
        said.split(f"\n{name}: ")[1].split("\n\n")[0] for name in ("think", "think_briefly", "no_think")
    )
    assert "thinking      medium" in think and "writes        the thought, then the answer" in think
    assert "thinking      up to 256 tokens" in briefly
    assert "thinking      off" in never and "writes        an empty thought" in never
    assert "call 2 check" in said and "(nothing)" in said and "nothing but the answer" in said


def test_a_file_and_a_part_are_listed_alone(run: Run, tmp_path: Path) -> None:
    mine = tmp_path / "mine.py"
    mine.write_text('from orca2.core.types import Strategy\nSTRATEGY = Strategy("mine", "a try", ("Try.",))\n')
    code, said, _ = run("strategies", mine, "orca1:flan2021")
    assert code == 0 and said.startswith("mine: a try\n") and said.count("says") == 4 and "direct" not in said


def test_a_try_over_http_shows_every_call_and_pays_once(run: Run) -> None:
    replies = {1: "A guess.", 3: "It holds.", 5: "I guessed 4, it held. So the answer is 4."}
    with serve(lambda messages: replies[len(messages) - 1]) as (url, received):
        words = ("strategies", "--try", "guess_and_check", "--task", "2 + 2?", "--model", "openai")
        code, said, _ = run(*words, "model=m", f"base_url={url}")
        assert code == 0 and len(received) == 3
        places = [said.index(part) for part in ("call 1 of 3: answer (7 tokens in, 3 out, stop)", "[system] ",
                  "[user] 2 + 2?", "[assistant] A guess.", "call 2 of 3: check", "[assistant] It holds.",
                  "call 3 of 3: state", "[assistant] I guessed 4", "its mark 'So the answer is' stands")]  # fmt: skip
        assert places == sorted(places)
        assert [len(request["messages"]) for request in received] == [2, 4, 6]
        assert run(*words, "model=m", f"base_url={url}")[1] == said and len(received) == 3


def test_a_call_that_fails_is_shown_and_exits_with_2(run: Run) -> None:
    with serve(lambda messages: 400 if len(messages) > 2 else "A guess.") as (url, _):
        words = ("strategies", "model=m", f"base_url={url}", "--try", "guess_and_check", "--task", "x")
        code, said, error = run(*words, "--model", "openai")
    assert code == 2 and "[assistant] A guess." in said and "[failed] call 2 of 3 (check): " in said
    assert "HTTP 400" in error.splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["dirct"], "did you mean 'direct'"),
        (["./none.py"], "none.py does not exist"),
        (["--try", "direct"], "add --task"),
        (["--try", "direct", "--task", " ", "--model", "m"], "add --task"),
        (["--try", "direct", "--task", "x"], "add --model"),
        (["--task", "x"], "add --try"),
        (["--try", "dirct", "--task", "x", "--model", "m"], "did you mean 'direct'"),
        (["--try", "direct", "--task", "x", "--model", "openai"], "option 'model' is missing"),
        (["--try", "direct", "--task", "x", "--model", "openai", "modle=m"], "did you mean 'model'"),
        (["--try", "direct", "--task", "x", "--model", "openai", "m"], "is not key=value"),
        (["--try", "direct", "--task", "x", "--model", "org/none", "a=1"], "org/none takes no options"),
        (["--try", "direct", "--task", "x", "--model", "./none.gguf"], "does not exist"),
    ],
)
def test_bad_input(run: Run, words: list[str], said: str) -> None:
    code, _, error = run("strategies", *words)
    assert code == 2 and said in error.splitlines()[-1] and error.splitlines()[-1].startswith("orca2: ")


def test_a_checkpoint_is_tried_as_orca2_chat_finds_it(run: Run, tiny: Path) -> None:
    code, said, _ = run(
        "strategies", "--try", "orca1:cot", "--task", "2 + 2?", "--model", tiny, "--max-tokens", "3", "--seed", "1"
    )
    assert code == 0 and "call 1 of 1: answer" in said and "[user] 2 + 2?" in said and "kept: the last answer" in said


def test_a_try_shows_the_thought_apart_from_the_answer(run: Run) -> None:
    reply = completion("So the answer is 4.")
    reply["choices"][0]["message"]["reasoning_content"] = "2 and 2."
    with serve(lambda messages: reply) as (url, received):
        words = ("strategies", "model=m", f"base_url={url}", "--try", "think", "--task", "2 + 2?", "--model", "openai")
        code, said, err = run(*words)
        _, plain, _ = run(*("direct" if word == "think" else word for word in words))
    assert "[thought]" not in plain and "2 and 2." not in plain and "So the answer is 4." in plain
    assert code == 0, err
    assert "[thought] 2 and 2.\n[assistant] So the answer is 4." in said and "out (1 thought), stop" in said
    assert received[0]["chat_template_kwargs"]["enable_thinking"] is True
