"""A model that is served: from a checked body to what its scheduler is asked."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from orca2.apps.serve._bodies import ChatBody, CompletionBody, Settings
from orca2.apps.serve._errors import Refused
from orca2.apps.serve._thinking import ThinkingPlan, plan
from orca2.errors import ModelError
from orca2.inference.limits import engine_limits
from orca2.inference.local import LocalModel
from orca2.inference.requests import GenerationRequest
from orca2.inference.sampling import Sampling
from orca2.inference.scheduler_thread import SchedulerThread

AUTO = ThinkingPlan()
COMPLETION_TOKENS = 16  # of /v1/completions, where nothing is said: OpenAI's own
LONG = 8  # characters a token, more than a text has; of a longer one, half a second a megabyte, a part is encoded first


@dataclass(frozen=True)
class Defaults:
    """What the checkpoint's generation config says of sampling; greedy if it does not sample."""

    temperature: float
    top_p: float = 1.0
    top_k: int = 0
    min_p: float = 0.0
    repetition_penalty: float = 1.0

    @classmethod
    def of(cls, config: Any) -> "Defaults":
        penalty = 1.0 if config.repetition_penalty is None else config.repetition_penalty
        if not config.do_sample:
            return cls(0.0, repetition_penalty=penalty)
        return cls(
            1.0 if config.temperature is None else config.temperature,
            1.0 if config.top_p is None else config.top_p,
            config.top_k or 0,
            config.min_p or 0.0,
            penalty,
        )


class Served:
    """`fingerprint` changes when the answers of a seed may. `thinking` is for requests that say nothing of it."""

    def __init__(self, name: str, local: LocalModel, rows: int, thinking: ThinkingPlan = AUTO) -> None:
        self.name, self.chat, self.thinking = name, local.chat, thinking
        self.scheduler = SchedulerThread(local.model, local.chat, local.stop, engine_limits(local.model, rows))
        self.fingerprint = "fp_" + hashlib.sha256(local.name.encode()).hexdigest()[:12]
        self._defaults = Defaults.of(local.model.generation_config)
        self._vocabulary = int(local.model.config.get_text_config().vocab_size)
        self._anchor = self.chat.encode_text("a")[-1]
        self._texts: dict[int, str] = {}

    def chat_requests(self, body: ChatBody) -> list[GenerationRequest]:
        messages = body.conversation()
        self._bound((text for message in messages for text in (message.content, message.reasoning)), "messages")
        wanted = plan(body, self.chat, self.thinking)
        try:
            ids = (
                self.chat.encode_unfinished(messages)
                if body.continue_final_message
                else self.chat.encode_prompt(messages, body.begins_turn, wanted.thinking, wanted.effort)
            )
        except ModelError as error:
            raise Refused(400, f"messages: {error}", param="messages") from None
        likeliest = body.top_logprobs if body.logprobs else None
        requests = self._requests(body, [ids], body.max_completion_tokens or body.max_tokens, likeliest)
        if not body.begins_turn:
            return [replace(generation, begins_turn=False) for generation in requests]
        return [replace(generation, thinking_budget=wanted.budget) for generation in requests]

    def completion_requests(self, body: CompletionBody) -> list[GenerationRequest]:
        self._bound((text for text in body.prompt if isinstance(text, str)), "prompt")
        prompts = [self.chat.encode_text(text) if isinstance(text, str) else text for text in body.prompt]
        if any(not ids for ids in prompts):
            raise Refused(400, "prompt: is empty", param="prompt")
        if any(not 0 <= token < self._vocabulary for ids in prompts for token in ids):
            raise Refused(400, f"prompt: ids go from 0 to {self._vocabulary - 1}", param="prompt")
        most = COMPLETION_TOKENS if body.max_tokens is None else body.max_tokens
        scored = body.echo and body.logprobs is not None
        requests = self._requests(body, prompts, most, body.logprobs)
        return [replace(generation, begins_turn=False, prompt_logprobs=scored) for generation in requests]

    def token_text(self, token: int) -> str:
        """How one id is written in log-probabilities, control tokens included."""
        if token not in self._texts:  # after another one, as a tokenizer may leave out the space that begins a text
            before, both = self.shown([self._anchor]), self.shown([self._anchor, token])
            self._texts[token] = both[len(before) :] if both.startswith(before) else self.shown([token])
        return self._texts[token]

    def shown(self, ids: Sequence[int]) -> str:
        """The text of ids with their control tokens."""
        return str(self.chat.tokenizer.decode(ids, skip_special_tokens=False))

    def _bound(self, texts: Iterable[str], param: str) -> None:
        """Refuse a text whose beginning alone is over the context."""
        context = self.scheduler.context
        for text in texts:
            if len(text) > LONG * context and len(self.chat.encode_text(text[: LONG * context])) > context:
                raise _over(f"more than {context} prompt tokens", context, param)

    def _requests(
        self, body: Settings, prompts: Sequence[list[int]], most: int | None, likeliest: int | None
    ) -> list[GenerationRequest]:
        """Prompt by prompt, `n` of each; without a limit an answer may fill the context."""
        context, default = self.scheduler.context, self._defaults
        for ids in prompts:
            if len(ids) + (1 if most is None else most) > context:
                asked = f" and {most} new ones" if most else ""
                raise _over(
                    f"{len(ids)} prompt tokens{asked}", context, "messages" if isinstance(body, ChatBody) else "prompt"
                )
        return [
            GenerationRequest(
                ids,
                context - len(ids) if most is None else most,
                Sampling(
                    temperature=default.temperature if body.temperature is None else body.temperature,
                    top_p=default.top_p if body.top_p is None else body.top_p,
                    top_k=default.top_k if body.top_k is None else max(body.top_k, 0),  # -1 is all, too
                    seed=None if body.seed is None else body.seed + copy,  # each choice draws its own
                    stop=tuple(body.stop),
                    logprobs=likeliest,
                    min_p=default.min_p if body.min_p is None else body.min_p,
                    repetition_penalty=default.repetition_penalty
                    if body.repetition_penalty is None
                    else body.repetition_penalty,
                ),
            )
            for ids in prompts
            for copy in range(body.n)
        ]


def _over(what: str, context: int, param: str) -> Refused:
    said = f"{what} exceed the context of {context}; shorten the prompt"
    return Refused(400, said, code="context_length_exceeded", param=param)
