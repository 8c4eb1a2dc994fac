"""An open-weight teacher in batch: vLLM's engines on the nodes of a Ray cluster, fed by `ray.data.llm`.

Prompts are made here, as for a student, since what Ray makes of a chat begins twice with the token that begins a text.
"""

import json
import os
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

from orca2.checkpoints.chat_codec import ChatCodec, stop_ids
from orca2.checkpoints.loading import check_place, load_config, load_tokenizer, locate
from orca2.checkpoints.preparing import ensure_chat_template
from orca2.core.types import Completion, Request
from orca2.errors import ModelError, missing_extra
from orca2.inference.local import as_completion
from orca2.inference.thinking import encode_request
from orca2.models.transformers import name_of

WHERE = frozenset(  # arguments of the engine that say how much a machine does at once, not what it answers
    {
        "tensor_parallel_size", "pipeline_parallel_size", "data_parallel_size", "distributed_executor_backend",
        "gpu_memory_utilization", "max_num_seqs", "max_num_batched_tokens", "enforce_eager", "load_format",
        "enable_prefix_caching", "download_dir", "disable_log_stats",
    }
)  # fmt: skip
FAILED = "__inference_error__"  # Ray's column of why a row has no answer
QUIET = ("ray", "ray.data", "ray.llm")


class VLLMModel:
    """`engines` engines, each of which takes batches of `batch_size` requests and has several at work."""

    window = 20_000  # a call starts the engines anew, so it is given much

    def __init__(
        self, name: str, place: str, chat: ChatCodec, context: int, settings: Mapping[str, Any], engines: int
    ) -> None:
        self.name, self.keep, self.place, self.chat, self.context = name, True, place, chat, context
        self.settings, self.engines = settings, engines
        self.stop = _stop_ids(place, chat)

    async def generate(self, requests: Sequence[Request]) -> AsyncIterator[tuple[int, Completion]]:
        rows, most, prompts = list[dict[str, Any]](), dict[int, int](), dict[int, list[int]]()
        for index, request in enumerate(requests):
            prompts[index] = ids = encode_request(self.chat, request)[0]
            room = self.context - len(ids)
            if room < 1:
                error = f"{len(ids)} prompt tokens and an answer exceed {self.context}"
                yield index, Completion("", "error", len(ids), error=error)
            else:
                most[index] = min(request.max_tokens, room)
                params = self._params(request, most[index])
                rows.append({"index": index, "tokenized_prompt": ids, "sampling_params": params})
        for row in self._answered(rows) if rows else ():
            index = int(row["index"])
            yield index, self._completion(row, most[index], prompts[index])

    def _params(self, request: Request, most: int) -> dict[str, Any]:
        params = {
            "max_tokens": most,
            "temperature": float(request.temperature),
            "seed": request.seed + request.sample,
            "stop_token_ids": self.stop,
        }
        # only an engine that is told what a thought begins and ends with holds it to a number of tokens
        if isinstance(request.thinking, int) and "reasoning_config" in self.settings["engine_kwargs"]:
            params["thinking_token_budget"] = request.thinking
        return params

    def _answered(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        """The rows with what came of each, as batches end."""
        ray = _ray()
        from ray.data.llm import build_processor, vLLMEngineProcessorConfig
        from ray.exceptions import RayError

        ray.data.DataContext.get_current().enable_progress_bars = False
        self._check_gpus(ray.cluster_resources().get("GPU", 0))
        config = vLLMEngineProcessorConfig(
            model_source=self.place,
            should_continue_on_error=True,
            log_engine_metrics=False,
            chat_template_stage=False,
            tokenize_stage=False,
            detokenize_stage=False,
            concurrency=self.engines,
            **self.settings,
        )
        blocks = max(1, -(-len(rows) // config.batch_size))
        try:
            data = ray.data.from_items(list(rows), override_num_blocks=blocks)
            yield from build_processor(config)(data).iter_rows()
        except RayError as error:
            lines = [line.strip() for line in str(error).splitlines() if line.strip()]
            raise ModelError(f"vllm {self.place}: no engine answers: {lines[-1] if lines else error!r}") from error

    def _check_gpus(self, there: float) -> None:
        """ModelError where an engine would wait for ever."""
        if self.settings.get("placement_group_config"):
            return
        engine = self.settings["engine_kwargs"]
        needed = engine.get("tensor_parallel_size", 1) * engine.get("pipeline_parallel_size", 1)
        if there < needed:
            raise ModelError(
                f"vllm {self.place}: an engine takes {needed} GPUs, and the cluster has {there:g};"
                " add a node, or lower engine.tensor_parallel_size"
            )

    def _completion(self, row: Mapping[str, Any], most: int, prompt: Sequence[int]) -> Completion:
        if row.get(FAILED):
            return Completion("", "error", error=" ".join(str(row[FAILED]).split()))
        new = [int(token) for token in row["generated_tokens"]]
        ended = bool(new) and new[-1] in self.stop
        finish: Literal["stop", "length"] = "stop" if ended or len(new) < most else "length"
        return as_completion(self.chat, prompt, new[:-1] if ended else new, finish, len(new))


def load(
    model: str,
    base: Path = Path(),
    engine: Mapping[str, Any] | None = None,
    engines: int = 1,
    batch_size: int = 64,
    placement: Mapping[str, Any] | None = None,
    accelerator: str = "",
    template: Mapping[str, Any] | None = None,
    section: str = "teacher.options",
) -> VLLMModel:
    """A folder or hub id. `engine` are arguments of vLLM's engine, such as tensor_parallel_size and max_model_len;
    `engines` how many work at most, each on GPUs of its own; `placement` Ray's placement group of one where it is not
    one GPU a shard, {bundle_per_worker, strategy}; `accelerator` the kind of GPU, by Ray's name; `template` what the
    chat template is told, such as {enable_thinking = false}."""
    check(model, base, section)
    place, given = locate(model, base, f"{section}.model"), dict(engine or {})
    place = str(Path(place).resolve()) if Path(place).is_dir() else place
    tokenizer = load_tokenizer(place)
    ensure_chat_template(None, tokenizer)
    if template:
        told = "".join(f"{{%- set {key} = {json.dumps(value)} -%}}" for key, value in sorted(template.items()))
        tokenizer.chat_template = told + tokenizer.chat_template
    changing = {key: value for key, value in {**given, **(template or {})}.items() if key not in WHERE}
    parts = [name_of(model, base, section), *([json.dumps(changing, sort_keys=True)] if changing else [])]
    context: int = getattr(load_config(place), "max_position_embeddings", 1 << 30)
    settings = {
        "engine_kwargs": given,
        "batch_size": batch_size,
        "placement_group_config": dict(placement) if placement else None,
        "accelerator_type": accelerator or None,
    }
    return VLLMModel(
        f"vllm {' '.join(parts)}", place, ChatCodec(tokenizer), given.get("max_model_len", context), settings, engines
    )


def check(model: str, base: Path = Path(), section: str = "teacher.options", **options: Any) -> None:
    """ModelError for what can be told of the options of `load` before an engine starts."""
    import importlib.util

    if importlib.util.find_spec("ray") is None:
        raise missing_extra("ray", "ray")
    if model.endswith(".gguf"):
        raise ModelError(f"{section}.model: {model} is a GGUF file; vllm takes a folder of safetensors or a hub id")
    check_place(model, base, f"{section}.model")


def _stop_ids(place: str, chat: ChatCodec) -> list[int]:
    """The ids that end an answer, as for a model that is loaded here."""
    from transformers import GenerationConfig

    try:
        settings = GenerationConfig.from_pretrained(place)
    except OSError:  # it has none of its own
        settings = GenerationConfig.from_model_config(load_config(place))
    return stop_ids(chat, SimpleNamespace(generation_config=settings))


def _ray() -> Any:
    """Ray, with the cluster that the run has joined; else the one that this machine belongs to, or one of its own."""
    import logging

    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray
    import ray.data

    for name in QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)
    if not ray.is_initialized():
        ray.init(log_to_driver=False, configure_logging=False)
    return ray
