"""The batch teacher through the real `ray.data.llm`, with a stub in vLLM's place on the nodes."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("ray.data")

import orca2
from orca2.core.types import Completion, Message, Request
from orca2.errors import ModelError
from orca2.models.vllm import VLLMModel, load

STUBS = Path(__file__).parents[1] / "stubs"
CPU = {"bundle_per_worker": {"CPU": 1}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the stub leaves what it was told; a cluster whose nodes take it for vLLM."""
    import ray

    folder = tmp_path_factory.mktemp("stub")
    path = f"{STUBS}:{Path(orca2.__file__).parents[1]}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        ray.init(
            address="local", num_cpus=3, include_dashboard=False, log_to_driver=False,
            runtime_env={"env_vars": {"PYTHONPATH": path, "STUB_FOLDER": str(folder)}},
        )  # fmt: skip
        yield folder
        ray.shutdown()


def answers(model: VLLMModel, requests: list[Request]) -> dict[int, Completion]:
    async def collect() -> dict[int, Completion]:
        found: dict[int, Completion] = {}
        async for index, completion in model.generate(requests):
            assert index not in found
            found[index] = completion
        return found

    return asyncio.run(collect())


def request(text: str, most: int = 32) -> Request:
    return Request((Message("system", "Be brief."), Message("user", text)), most)


@pytest.mark.slow
def test_answers_errors_and_a_dead_engine(tiny: Path, folder: Path, tokenizer: Any) -> None:
    """Rows that fail are completions with an error, and the rows of an engine that died are asked again."""
    model = load(str(tiny), engine={"max_model_len": 256, "max_num_seqs": 4}, placement=CPU, batch_size=8)
    refused, deadly = (tokenizer.encode(word, add_special_tokens=False)[0] for word in ("zebra", "quartz"))
    (folder / "marks.json").write_text(json.dumps({"refused": refused, "deadly": deadly}))
    texts = [f"What is {i} and {i + 1}?" for i in range(40)]
    requests = [request(text) for text in texts]
    requests[7], requests[11], requests[20] = request("zebra"), request("quartz"), request("word " * 400)
    requests[30] = request(texts[30], 3)
    found = answers(model, requests)
    assert sorted(found) == list(range(40))
    assert found[7] == Completion("", "error", error="ValueError: the engine refuses this prompt")
    assert found[20].finish_reason == "error" and "exceed 256" in (found[20].error or "")
    for index in sorted(found.keys() - {7, 20}):
        ids = model.chat.encode_prompt(requests[index].messages)
        said = model.chat.decode_answer(ids[-5:] if index != 30 else ids[-5:-2]).text.strip()
        cut = index == 30
        assert found[index] == Completion(said, "length" if cut else "stop", len(ids), 3 if cut else 6), index
    assert (folder / "died").exists() and len(list(folder.glob("engine-*.json"))) >= 2
    told = json.loads(next(folder.glob("engine-*.json")).read_text())
    assert told["max_model_len"] == 256 and told["distributed_executor_backend"] == "uni"


@pytest.mark.slow
def test_an_engine_that_finds_no_gpu_is_one_line(tiny: Path, folder: Path) -> None:
    with pytest.raises(ModelError, match="an engine takes 2 GPUs, and the cluster has 0;"):
        answers(load(str(tiny), engine={"tensor_parallel_size": 2}), [request("hello")])


def test_the_name_has_what_changes_answers(tiny: Path) -> None:
    plain = load(str(tiny))
    assert plain.name.startswith(f"vllm {tiny} ") and plain.keep
    assert load(str(tiny), engine={"tensor_parallel_size": 8, "gpu_memory_utilization": 0.8}).name == plain.name
    others = [
        load(str(tiny), engine={"quantization": "fp8"}).name,
        load(str(tiny), template={"enable_thinking": False}).name,
        load(str(tiny), engine={"max_model_len": 100}).name,
    ]
    assert len({plain.name, *others}) == 4


def test_what_the_template_is_told(tiny: Path) -> None:
    model = load(str(tiny), template={"add_note": "Think <b>", "n": 2, "on": True})
    said = model.chat.tokenizer.chat_template
    assert said.startswith('{%- set add_note = "Think <b>" -%}{%- set n = 2 -%}{%- set on = true -%}')
    assert model.chat.encode_prompt(request("hello").messages) == load(str(tiny)).chat.encode_prompt(
        request("hello").messages
    )


def test_bad_options_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"teacher.options.model: .*does not exist"):
        load("./nowhere", tmp_path)
    with pytest.raises(ModelError, match=r"x\.gguf is a GGUF file; vllm takes a folder"):
        load("x.gguf", tmp_path)
