"""`orca2.load`: a model in memory to talk to, from whatever names one."""

import importlib.util
from collections.abc import Sequence
from typing import Any

from orca2.apps.chat.conversation import MOST, Conversation, Overflow, Source
from orca2.asking.loop import Loop
from orca2.checkpoints.names import find
from orca2.core.types import Completion, Message, Request
from orca2.errors import ModelError
from orca2.inference.local import as_completion
from orca2.inference.sampling import Sampling


class Loaded:
    """A model to talk to: `chat` for a conversation, `generate` for many prompts. `spec` is how it was named."""

    def __init__(self, spec: str, source: Source) -> None:
        self.spec, self.source = spec, source

    def chat(self, system: str | None = None, overflow: Overflow = "error", **settings: Any) -> Conversation:
        """A conversation. `system` None leaves it to the checkpoint; settings are those of `Conversation`."""
        return Conversation(self.source, self.spec, system=system, overflow=overflow, **settings)

    def generate(
        self,
        prompts: Sequence[str],
        system: str | None = None,
        max_tokens: int = MOST,
        temperature: float = 0.0,
        seed: int = 0,
    ) -> list[str]:
        """One answer a prompt, in their order, each of at most `max_tokens` and what the context leaves. Prompts of
        like length are answered together."""
        opening = () if system is None else (Message("system", system),)
        requests = [
            Request((*opening, Message("user", prompt)), max_tokens, temperature, seed + place)
            for place, prompt in enumerate(prompts)
        ]
        completions = self._answer(requests)
        for place, completion in enumerate(completions):
            if completion.error is not None:
                raise ModelError(f"prompt {place}: {completion.error}; shorten it")
        return [completion.text for completion in completions]

    def _answer(self, requests: Sequence[Request]) -> list[Completion]:
        batched = getattr(self.source, "generate", None)
        if batched is None:
            return [self._alone(request) for request in requests]

        async def collect() -> dict[int, Completion]:
            return {index: completion async for index, completion in batched(requests)}

        with Loop() as loop:
            found = loop.run(collect())
        return [found[index] for index in range(len(requests))]

    def _alone(self, request: Request) -> Completion:
        ids = self.source.chat.encode_prompt(request.messages)
        most = min(request.max_tokens, self.source.context - len(ids))
        if most < 1:
            error = f"{len(ids)} prompt tokens and an answer exceed {self.source.context}"
            return Completion("", "error", len(ids), error=error)
        session = self.source.session()
        new = [sampled.id for sampled in session.stream(ids, most, Sampling(request.temperature, seed=request.seed))]
        return as_completion(self.source.chat, ids, new, "length" if session.ended is None else "stop", len(new))


def load(name: str, quantize: str | None = None, dtype: str = "auto", device: str = "auto") -> Loaded:
    """Load a run folder's student, a checkpoint folder, a hub id or a GGUF file.

    `quantize` None, "8bit" or "4bit"; `dtype` auto, bf16, fp16 or fp32; `device` auto, cpu, cuda or mps.
    """
    spec, base = find(name)
    plain = quantize is None and dtype == "auto" and device in ("auto", "cpu")
    if spec.endswith(".gguf") and plain and importlib.util.find_spec("xllamacpp") is not None:
        from orca2.checkpoints.loading import file
        from orca2.inference.llama_cpp import LlamaCppModel

        return Loaded(name, LlamaCppModel(file(spec, base)))
    from orca2.models.transformers import load as load_local

    return Loaded(name, load_local(spec, base, device, dtype=dtype, quantize=quantize or "none"))
