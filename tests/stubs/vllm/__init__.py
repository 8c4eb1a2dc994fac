"""What Ray's vLLM stage uses of vLLM, without a GPU: an engine that says the last ids of its prompt again.

Put onto PYTHONPATH of the nodes, it stands in for the package. It refuses what begins with REFUSED, and its process is
as a dead engine's when it first meets DEADLY (a file of that name in STUB_FOLDER marks that it has).
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from vllm import inputs, outputs
from vllm.v1.engine.exceptions import EngineDeadError

__all__ = ["AsyncEngineArgs", "AsyncLLMEngine", "SamplingParams", "inputs", "outputs"]

SAID = 5  # ids of the prompt that an answer consists of


class SamplingParams:
    def __init__(
        self, max_tokens: int, temperature: float, seed: int, stop_token_ids: list[int], structured_outputs: Any = None
    ) -> None:
        assert all(isinstance(token, int) for token in stop_token_ids)
        self.max_tokens, self.stop_token_ids = max_tokens, stop_token_ids


class AsyncEngineArgs:
    def __init__(self, model: str, runner: str, **settings: Any) -> None:
        assert Path(model).is_dir() and runner == "generate"
        self.model, self.settings = model, settings

    def create_engine_config(self) -> Any:
        scheduler = SimpleNamespace(max_num_seqs=self.settings.get("max_num_seqs", 8))
        return SimpleNamespace(
            scheduler_config=scheduler,
            parallel_config=SimpleNamespace(pipeline_parallel_size=self.settings.get("pipeline_parallel_size", 1)),
        )


class AsyncLLMEngine:
    def __init__(self, args: AsyncEngineArgs) -> None:
        self.folder = Path(os.environ["STUB_FOLDER"])
        (self.folder / f"engine-{os.getpid()}.json").write_text(json.dumps(args.settings))

    @classmethod
    def from_engine_args(cls, args: AsyncEngineArgs, stat_loggers: None = None) -> "AsyncLLMEngine":
        assert stat_loggers is None
        return cls(args)

    async def generate(
        self, request_id: str, prompt: Any, sampling_params: SamplingParams, lora_request: Any = None
    ) -> AsyncIterator[outputs.RequestOutput]:
        ids = list(prompt["prompt_token_ids"])
        await asyncio.sleep(0.001)
        marks = json.loads((self.folder / "marks.json").read_text())
        if marks["refused"] in ids:
            raise ValueError("the engine refuses\nthis prompt")
        if marks["deadly"] in ids and not (self.folder / "died").exists():
            (self.folder / "died").touch()
            raise EngineDeadError
        said = [*ids[-SAID:], sampling_params.stop_token_ids[0]][: sampling_params.max_tokens]
        yield outputs.RequestOutput(ids, [outputs.CompletionOutput(said, "not read")], finished=True)

    async def do_log_stats(self) -> None:
        pass

    def shutdown(self) -> None:
        pass
