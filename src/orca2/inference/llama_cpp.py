"""A GGUF file run by llama.cpp itself, through `xllamacpp`: several times as fast on a CPU as anything in PyTorch.

Prompts go in as ids, made from the file's chat template as everywhere else.
"""

import json
import queue
import secrets
import threading
import urllib.request
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.files import check_tokenizer
from orca2.checkpoints.gguf import cached_folder, read_tokenizer
from orca2.errors import ModelError, missing_extra
from orca2.files import hash_file
from orca2.inference.sampling import SampledToken, Sampling

CONTEXT = 8192  # tokens that the cache is made for at most; it lies in memory from the start


class LlamaCppModel:
    """A loaded GGUF file. One conversation after the other: they share its cache."""

    def __init__(self, file: Path) -> None:
        try:
            import xllamacpp
        except ImportError as error:
            raise missing_extra("xllamacpp", "gguf") from error
        self.chat = ChatCodec(_tokenizer(file))
        self.name = f"{file.name} {hash_file(file)[:16]}"
        trained = _field(file, "context_length")
        self.context: int = min(trained or CONTEXT, CONTEXT)
        settings = xllamacpp.CommonParams()
        settings.model.path = str(file)
        settings.n_ctx, settings.n_parallel = self.context, 1
        settings.cpuparams.n_threads = torch.get_num_threads()
        settings.verbosity, settings.warmup = -1, False
        self._key = secrets.token_hex()  # it also listens on loopback, where nobody else is to ask
        settings.api_keys = [self._key]
        try:
            self._server: Any = xllamacpp.Server(settings)
        except RuntimeError as error:
            step = 'give a whole GGUF file; loaded with dtype="bf16", it is said what is missing'
            raise ModelError(f"{file}: llama.cpp does not load it ({error}); {step}") from error

    def session(self) -> "LlamaCppSession":
        return LlamaCppSession(self._server, self.chat.end, self.chat.tokenizer.eos_token_id)

    def call(self, path: str, body: Any) -> Any:
        """An endpoint of llama.cpp's own server, for what it does by itself: /tokenize, /apply-template."""
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        request = urllib.request.Request(self._server.listening_address + path, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=60) as reply:
            return json.load(reply)


class LlamaCppSession:
    """llama.cpp keeps the ids of the last prompt and answer itself, and computes what differs."""

    def __init__(self, server: Any, end: int, eos: int | None) -> None:
        self._server, self._end, self._ends = server, end, {end, eos}
        self.computed = 0
        self.ended: int | None = None

    def stream(self, ids: Sequence[int], max_tokens: int, sampling: Sampling) -> Generator[SampledToken]:
        self.computed, self.ended = len(ids), None
        parts: queue.SimpleQueue[Any] = queue.SimpleQueue()
        stopped = threading.Event()

        def on_part(part: Any) -> bool:
            parts.put(part)
            return stopped.is_set()  # true ends it

        greedy = sampling.temperature <= 0
        body = {
            "prompt": list(ids), "max_tokens": max_tokens, "stream": True, "cache_prompt": True,
            "temperature": sampling.temperature, "top_p": sampling.top_p, "min_p": sampling.min_p,
            "repeat_penalty": sampling.repetition_penalty, "repeat_last_n": CONTEXT,
            "top_k": 1 if greedy else sampling.top_k,  # the likeliest alone, or else the vocabulary is sorted
            "seed": secrets.randbits(31) if sampling.seed is None else sampling.seed % 2**32,
            "logprobs": max(sampling.logprobs or 0, 1),  # the ids come with them
            "post_sampling_probs": sampling.logprobs is None,  # of the few that are left: the whole take longer
        }  # fmt: skip
        worker = threading.Thread(target=self._ask, args=(body, on_part, parts), daemon=True)
        worker.start()
        try:
            while (part := parts.get()) is not None:
                yield from self._read(part, sampling.logprobs)
        finally:
            stopped.set()
            worker.join()

    def _ask(self, body: Any, on_part: Any, parts: queue.SimpleQueue[Any]) -> None:
        try:
            refused = self._server.handle_completions(body, on_part)
            if isinstance(refused, dict) and "error" in refused:
                parts.put(refused)
        except Exception as error:
            parts.put({"error": {"message": str(error)}})
        finally:
            parts.put(None)

    def _read(self, part: Any, logprobs: int | None) -> Iterator[SampledToken]:
        if "error" in part:
            raise ModelError(f"llama.cpp: {part['error'].get('message', part['error'])}; ask again or load it anew")
        choice = part["choices"][0]
        for token in (choice.get("logprobs") or {}).get("content", []):
            if token["id"] in self._ends:
                self.ended = token["id"]
            elif logprobs is None:
                yield SampledToken(token["id"])
            else:
                likeliest = tuple((top["id"], top["logprob"]) for top in token["top_logprobs"][:logprobs])
                yield SampledToken(token["id"], token["logprob"], likeliest)
        if choice["finish_reason"] == "stop" and self.ended is None:  # the id itself does not always come
            self.ended = self._end
        if "timings" in part:
            self.computed = part["timings"]["prompt_n"]


def _tokenizer(file: Path) -> Any:
    """Reading one out of a GGUF takes seconds, so it is kept."""
    from orca2.checkpoints.loading import load_tokenizer
    from orca2.checkpoints.preparing import ensure_chat_template

    name = f"{hash_file(file)[:24]}-tokenizer"
    folder = cached_folder(name, lambda partial: read_tokenizer(file).save_pretrained(partial), check_tokenizer)
    tokenizer = load_tokenizer(str(folder))
    tokenizer.name_or_path = str(file)
    ensure_chat_template(None, tokenizer)
    return tokenizer


def _field(file: Path, name: str) -> int | None:
    """A number of the model's own section of a GGUF file's header."""
    from gguf import GGUFReader

    fields = GGUFReader(file).fields
    architecture = str(fields["general.architecture"].contents())
    field = fields.get(f"{architecture}.{name}")
    return None if field is None else int(field.contents())
