"""A local model, run by `transformers`: the student, or a teacher on the same machine."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

from orca2.core.nouns import Completion, Message, Request
from orca2.files import hash_file
from orca2.models._attention import use_for_decoding
from orca2.models._chat import Chat, stop_ids
from orca2.models._decoding import Job, batches, decode
from orca2.models._loading import files, load_model, load_tokenizer, locate, pick_device, pick_dtype
from orca2.models._template import CHATML, ORCA2, is_orca2


class Local:
    """A checkpoint in memory. Prompts come from its chat template, by the function that training uses too."""

    def __init__(self, name: str, model: Any, tokenizer: Any) -> None:
        self.name, self.keep = name, True
        self.model, self.tokenizer = model.eval(), tokenizer
        self.chat = Chat(tokenizer)
        self.stop = set(stop_ids(self.chat, model))
        self.context: int = getattr(model.config, "max_position_embeddings", 1 << 30)

    async def generate(self, requests: Sequence[Request]) -> AsyncIterator[tuple[int, Completion]]:
        jobs = []
        for index, request in enumerate(requests):
            ids = self.chat.prompt(request.messages)
            if len(ids) + request.max_tokens > self.context:
                error = f"{len(ids)} prompt tokens and {request.max_tokens} new ones exceed {self.context}"
                yield index, Completion("", "error", len(ids), error=error)
            else:
                jobs.append(Job(index, ids, request.max_tokens, request.temperature, request.seed))
        for batch in batches(jobs):
            for job, new in decode(self.model, batch, self.stop, self.chat.end):
                yield job.index, self._completion(job, new)

    def stream(self, messages: Sequence[Message], max_tokens: int) -> Iterator[str]:
        """The pieces of one greedy answer as they come, whole characters only."""
        ids, said = self.chat.prompt(messages), ""
        if len(ids) + max_tokens > self.context:
            max_tokens = max(self.context - len(ids), 1)
        for new in self._one(ids, max_tokens):
            text = self.chat.said(new)
            if not text.endswith("\ufffd"):
                yield text[len(said) :]
                said = text

    @torch.inference_mode()
    def _one(self, ids: list[int], max_tokens: int) -> Iterator[list[int]]:
        new: list[int] = []
        feed, cache = torch.tensor([ids], device=self.model.device), None
        while len(new) < max_tokens:
            output = self.model(feed, past_key_values=cache, use_cache=True, logits_to_keep=1)
            token = int(output.logits[0, -1].argmax())
            if token in self.stop:
                return
            new.append(token)
            yield new
            feed, cache = torch.tensor([[token]], device=self.model.device), output.past_key_values

    def _completion(self, job: Job, new: list[int]) -> Completion:
        stopped = new[-1] in self.stop
        text = self.chat.said(new[:-1] if stopped else new)
        return Completion(text.strip(), "stop" if stopped else "length", len(job.ids), len(new))


def load(model: str, base: Path, device: str = "auto", system: str = "") -> Local:
    """Load a hub id, folder, GGUF file or `package:NAME/FILE` in the best type for the device."""
    place, on = locate(model, base), pick_device(device)
    tokenizer = load_tokenizer(place)
    network = load_model(place, pick_dtype(on), on)
    prepare(network, tokenizer)
    if system:
        tokenizer.chat_template = Chat(tokenizer).with_default(system)
    if on.type == "cpu":
        use_for_decoding(network)
    digests = [hash_file(path)[:16] for path in files(place)]
    return Local(" ".join([model, *digests]), network, tokenizer)


def prepare(model: Any, tokenizer: Any) -> None:
    """Give a student without a chat template Orca 2's own, or ChatML with the control tokens of it that it lacks."""
    if tokenizer.chat_template is not None:
        return
    if is_orca2(tokenizer):
        tokenizer.chat_template = ORCA2
        return
    missing = [token for token in ("<|im_start|>", "<|im_end|>") if token not in tokenizer.get_vocab()]
    if missing:
        tokenizer.add_special_tokens({"additional_special_tokens": missing})
        if len(tokenizer) > model.get_input_embeddings().num_embeddings:
            model.resize_token_embeddings(len(tokenizer))
    tokenizer.chat_template = CHATML


def counter(tokenizer: Any) -> Callable[[str], int]:
    """Counts the tokens of plain text."""
    return lambda text: len(tokenizer(text, add_special_tokens=False)["input_ids"])
