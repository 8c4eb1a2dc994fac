"""A local model, run by `transformers`: the student, or a teacher on the same machine."""

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from orca2.core.nouns import Completion, Request
from orca2.errors import ModelError
from orca2.files import hash_file
from orca2.models._attention import use_for_decoding
from orca2.models._chat import Chat, stop_ids
from orca2.models._decoding import Job, batches, bounds, decode, decode_rows, rows_for
from orca2.models._embeddings import grow
from orca2.models._fours import quicken
from orca2.models._fused import fuse_layers
from orca2.models._loading import check_place, files, load_model, load_tokenizer, locate, pick_device, pick_dtype
from orca2.models._norms import fuse_norms
from orca2.models._packed import pack
from orca2.models._session import LocalSession
from orca2.models._template import CHATML, ORCA2, is_orca2, template_of
from orca2.progress import console


class Local:
    """A checkpoint in memory. Prompts come from its chat template, by the function that training uses too.

    `compute` is the type to compute in where it is not that of the weights, `batch_tokens` how many tokens of prompts
    and answers are decoded at once (0: what suits the device).
    """

    window = 1 << 16  # rows at work at once: what is given together is grouped by length

    def __init__(
        self, name: str, model: Any, tokenizer: Any, compute: torch.dtype | None = None, batch_tokens: int = 0
    ) -> None:
        self.name, self.keep, self.compute, self.batch_tokens = name, True, compute, batch_tokens
        self.model, self.tokenizer = model.eval(), tokenizer
        self.chat = Chat(tokenizer)
        self.stop = set(stop_ids(self.chat, model))
        self.context: int = getattr(model.config, "max_position_embeddings", 1 << 30)

    async def generate(self, requests: Sequence[Request]) -> AsyncIterator[tuple[int, Completion]]:
        jobs = []
        for index, request in enumerate(requests):
            ids = self.chat.prompt(request.messages)
            room = self.context - len(ids)
            if room < 1:
                error = f"{len(ids)} prompt tokens and an answer exceed {self.context}"
                yield index, Completion("", "error", len(ids), error=error)
            else:
                allowed = min(request.max_tokens, room)  # an answer may fill the context
                jobs.append(Job(index, ids, allowed, request.temperature, request.seed + request.sample))
        # autocast is of one thread: entered around this, it would not reach the one that generates
        cast = self.compute not in (None, torch.float32)
        trained = self.compute is not None and self.model.device.type == "cuda"  # and lent out on the way
        if not cast and not trained and (found := rows_for(self.model, jobs, self.batch_tokens)):
            rows, most = found
            for job, new in decode_rows(rows, jobs, self.stop, most):
                yield job.index, self._completion(job, new)
            return
        with torch.autocast(self.model.device.type, self.compute, enabled=cast):
            most = bounds(self.model, self.batch_tokens)
            for batch in batches(jobs, most):
                for job, new in decode(self.model, batch, self.stop, self.chat.end, most.leaving):
                    yield job.index, self._completion(job, new)

    def session(self) -> LocalSession:
        return LocalSession(self.model, self.stop)

    def _completion(self, job: Job, new: list[int]) -> Completion:
        stopped = new[-1] in self.stop
        text = self.chat.said(new[:-1] if stopped else new)
        return Completion(text.strip(), "stop" if stopped else "length", len(job.ids), len(new))


def load(
    model: str,
    base: Path,
    device: str = "auto",
    system: str = "",
    dtype: str = "auto",
    quantize: str = "none",
    batch_tokens: int = 0,
    section: str = "student",
) -> Local:
    """Load a hub id, folder, GGUF file or `package:NAME/FILE`.

    `dtype` is auto (the best type for the device), bf16, fp16 or fp32; `quantize` none, 8bit or 4bit; `batch_tokens`
    as for `Local`. Errors call the model a key of `section`.
    """
    place, on = locate(model, base, f"{section}.model"), pick_device(device)
    kind, tokenizer = pick_dtype(on, dtype), load_tokenizer(place)
    network = load_model(place, kind, on, quantize)
    prepare(network, tokenizer)
    if system:
        tokenizer.chat_template = Chat(tokenizer).with_default(system)
    ready(network)
    digests = [hash_file(path)[:16] for path in files(place)]
    name = " ".join([model, *([] if quantize == "none" else [quantize]), *digests])
    return Local(name, network, tokenizer, batch_tokens=batch_tokens)


def check(
    model: str, base: Path, device: str = "auto", dtype: str = "auto", section: str = "student", **options: Any
) -> None:
    """ModelError for what can be told of the options of `load` before weights are read."""
    check_place(model, base, f"{section}.model")
    pick_dtype(pick_device(device), dtype)


def ready(model: Any) -> None:
    """What makes a model that is trained no more answer faster on its device."""
    if model.device.type == "cpu":
        use_for_decoding(model)
        pack(model)
    elif model.device.type == "cuda":
        fuse_norms(model)
        fuse_layers(model)
        quicken(model)


def prepare(model: Any, tokenizer: Any) -> list[int]:
    """Fit both for conversations; the ids of tokens that the model has never seen.

    Without a chat template, a student gets Orca 2's own, or ChatML with the control tokens of it that it lacks, which
    is said. Tokens without an embedding get one. `model` None: its vocabulary cannot grow (ModelError).
    """
    new: list[int] = []
    if template_of(tokenizer) is None:
        if is_orca2(tokenizer):
            tokenizer.chat_template = ORCA2
        else:
            new = _add_chatml(tokenizer, fixed=model is None)
    return new if model is None else sorted({*new, *grow(model, tokenizer)})


def _add_chatml(tokenizer: Any, fixed: bool) -> list[int]:
    """ChatML for a tokenizer without a template, and the ids of its control tokens that are new."""
    missing = [token for token in ("<|im_start|>", "<|im_end|>") if token not in tokenizer.get_vocab()]
    if missing and fixed:
        named = tokenizer.name_or_path
        raise ModelError(
            f"{named} has no chat template, nor ChatML's tokens to be asked in that; give a model with one"
        )
    if missing:
        tokenizer.add_special_tokens({"additional_special_tokens": missing})
    tokenizer.chat_template = CHATML
    unseen = f", whose {' and '.join(missing)} the model has never seen" if missing else ""
    console.print(f"the tokenizer has no chat template: it is asked in ChatML{unseen}", soft_wrap=True, markup=False)
    return list(tokenizer.convert_tokens_to_ids(missing))


def counter(tokenizer: Any) -> Callable[[str], int]:
    """Counts the tokens of plain text."""
    return lambda text: len(tokenizer(text, add_special_tokens=False)["input_ids"])
