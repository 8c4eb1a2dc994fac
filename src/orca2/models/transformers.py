"""A local model, run by `transformers`: the student, or a teacher on the same machine."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

from orca2.core.nouns import Completion, Message, Request
from orca2.files import hash_file
from orca2.models._attention import use_for_decoding
from orca2.models._chatml import ChatML, template
from orca2.models._decoding import Job, batches, decode
from orca2.models._loading import files, load_model, load_tokenizer, locate, pick_device, pick_dtype


class Local:
    """A checkpoint in memory. Prompts are ChatML, by the function that training uses too."""

    def __init__(self, name: str, model: Any, tokenizer: Any) -> None:
        self.name, self.keep = name, True
        self.model, self.tokenizer = model.eval(), tokenizer
        self.chat = ChatML(tokenizer)
        self.context: int = getattr(model.config, "max_position_embeddings", 1 << 30)
        ends = model.generation_config.eos_token_id
        self.default_system = _default_system(tokenizer)
        self.stop = {self.chat.end, *(ends if isinstance(ends, list) else [ends] if ends is not None else [])}

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
            text = self._text(new)
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
        text = self._text(new[:-1] if stopped else new)
        return Completion(text.strip(), "stop" if stopped else "length", len(job.ids), len(new))

    def _text(self, ids: list[int]) -> str:
        return str(self.tokenizer.decode(ids, skip_special_tokens=True))


def load(model: str, base: Path, device: str = "auto", system: str = "") -> Local:
    """Load a hub id, folder, GGUF file or `package:NAME/FILE` in the best type for the device."""
    place, on = locate(model, base), pick_device(device)
    tokenizer = load_tokenizer(place)
    network = load_model(place, pick_dtype(on), on)
    prepare(network, tokenizer, system or None)
    if on.type == "cpu":
        use_for_decoding(network)
    digests = [hash_file(path)[:16] for path in files(place)]
    return Local(" ".join([model, *digests]), network, tokenizer)


def prepare(model: Any, tokenizer: Any, system: str | None) -> None:
    """Give a model the ChatML control tokens it lacks, and the template with its system message."""
    missing = [token for token in ("<|im_start|>", "<|im_end|>") if token not in tokenizer.get_vocab()]
    if missing:
        tokenizer.add_special_tokens({"additional_special_tokens": missing})
        if len(tokenizer) > model.get_input_embeddings().num_embeddings:
            model.resize_token_embeddings(len(tokenizer))
    if system is not None or tokenizer.chat_template is None:
        tokenizer.chat_template = template(system or "")


def _default_system(tokenizer: Any) -> str:
    """The system message that the checkpoint's own template puts in where there is none."""
    shown = str(tokenizer.apply_chat_template([{"role": "user", "content": "?"}], tokenize=False))
    head = "<|im_start|>system\n"
    return shown.split(head, 1)[1].split("<|im_end|>", 1)[0] if head in shown else ""


def counter(tokenizer: Any) -> Callable[[str], int]:
    """Counts the tokens of plain text."""
    return lambda text: len(tokenizer(text, add_special_tokens=False)["input_ids"])
