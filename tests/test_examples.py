"""The examples that a user starts from, run whole with the real student."""

import json
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.server import completion, serve

EXAMPLES = Path(__file__).parents[1] / "examples"


def rows(count: int) -> list[dict[str, str]]:
    rng = random.Random(0)
    found = []
    while len(found) < count:
        a, b = rng.randint(1, 49), rng.randint(1, 49)
        found.append({"question": f"What is {a} + {b}?", "answer": str(a + b), "kind": "plus"})
        found.append({"question": f"Which is larger, {a} or {b + 50}?", "answer": str(b + 50), "kind": "larger"})
    return found


def teacher(messages: list[dict[str, str]]) -> Any:
    """Answers as the system instruction asks; wrong now and then, and once cut off."""
    instruction, prompt = messages[0]["content"], messages[-1]["content"]
    a, b = map(int, re.findall(r"\d+", prompt))
    answer = a + b if "+" in prompt else max(a, b)
    if a == 13:
        return completion(f"So the answer is {answer + 1}.")
    if a == 17:
        return completion("First we", "length")
    return f"We look at {a} and {b}. So the answer is {answer}." if "step" in instruction else str(answer)


@pytest.mark.slow
def test_own_data_whole_with_a_real_student_and_a_real_endpoint(tmp_path: Path, smol: str) -> None:
    recipe = tmp_path / "own_data.toml"
    recipe.write_bytes((EXAMPLES / "own_data.toml").read_bytes())
    (tmp_path / "own_data.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows(160)))
    run = tmp_path / "run"
    with serve(teacher) as (url, received):
        words = [
            f"teacher.options.base_url={url}", f"student.model={smol}", "explain.tasks=6", "teach.tasks_per_family=8",
            "tasks.limits={profile=4,train=24,test=4}", "profile.max_tokens=32", "evaluate.max_tokens=32",
        ]  # fmt: skip
        command = [sys.executable, "-m", "orca2", "run", str(recipe), "--run", str(run), *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        asked = len(received)
        again = subprocess.run(command, capture_output=True, text=True, check=False)
        assert again.returncode == 0 and again.stderr.count("done before") == 10
        assert len(received) == asked  # nothing is paid for twice
    explain = json.loads((run / "explain.json").read_text())["demonstrations"]
    assert explain["asked"] == 24 == explain["accepted"] + sum(explain["rejected"].values())
    evaluated = json.loads((run / "evaluate.json").read_text())["rows"]
    assert {(row["student"], row["system"], row["family"]) for row in evaluated} == {
        (student, system, family)
        for student in ("base", "explained", "cautious")
        for system in ("none", "default")
        for family in ("plus", "larger")
    }
    check_plain_transformers(run / "student")
    check_chat(run)


def check_plain_transformers(student: Path) -> None:
    """The checkpoint loads without orca2, puts the generic message in, and stops by itself."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(student)
    model = AutoModelForCausalLM.from_pretrained(student)
    asked = [{"role": "user", "content": "Which is larger, 12 or 71?"}]
    inputs = tokenizer.apply_chat_template(asked, add_generation_prompt=True, return_tensors="pt", return_dict=True)
    assert "You are a cautious assistant." in tokenizer.decode(inputs["input_ids"][0])
    output = model.generate(**inputs, max_new_tokens=100)[0]
    assert output[-1] == tokenizer.convert_tokens_to_ids("<|im_end|>")
    assert len(output) - inputs["input_ids"].shape[1] < 100


def check_chat(run: Path) -> None:
    """Two turns through a pipe."""
    command = [sys.executable, "-m", "orca2", "chat", str(run), "--max-tokens", "40"]
    questions = "Which is larger, 12 or 71?\nWhat is 3 + 4?\n/reset\nWhat is 5 + 5?\n"
    done = subprocess.run(command, input=questions, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answers = [line for line in done.stdout.splitlines() if line.strip()]
    assert len(answers) >= 3 and "<|im" not in done.stdout
