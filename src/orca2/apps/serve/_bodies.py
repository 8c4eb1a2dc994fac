"""What a client may ask, in OpenAI's words: every field is checked, and one that would be ignored is refused."""

import json
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from orca2.apps.serve._errors import Refused
from orca2.core.nouns import Message

Strings = str | Annotated[list[str], Field(max_length=16)]


class Body(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class StreamOptions(Body):
    include_usage: bool = False
    include_obfuscation: bool | None = None


class TextPart(Body):
    type: Literal["text"]
    text: str


class Turn(Body):
    """One message. `developer` is a later name for `system`."""

    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[TextPart] | None = None
    name: Any = None
    refusal: None = None
    tool_calls: Annotated[list[Any], Field(max_length=0)] | None = None

    def message(self) -> Message:
        parts = self.content
        text = "".join(part.text for part in parts) if isinstance(parts, list) else parts or ""
        return Message("system" if self.role == "developer" else self.role, text)


class Settings(Body):
    """What both kinds of body have. The fields of type Any are for the client's own books and change no answer."""

    model: str
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    temperature: Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    top_k: Annotated[int, Field(ge=0)] | None = None
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = None
    stop: Strings | None = None
    n: Annotated[int, Field(ge=1, le=16)] | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    presence_penalty: Literal[0] | Annotated[float, Field(ge=0, le=0)] | None = None
    frequency_penalty: Literal[0] | Annotated[float, Field(ge=0, le=0)] | None = None
    logit_bias: Annotated[dict[str, Any], Field(max_length=0)] | None = None
    user: Any = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.stream_options and not self.stream:
            raise ValueError("stream_options needs stream")
        return self

    def stops(self) -> tuple[str, ...]:
        return (self.stop,) if isinstance(self.stop, str) else tuple(self.stop or ())


class ResponseFormat(Body):
    type: Literal["text"]


class ChatBody(Settings):
    """The body of /v1/chat/completions."""

    messages: Annotated[list[Turn], Field(min_length=1)]
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    logprobs: bool | None = None
    top_logprobs: Annotated[int, Field(ge=0, le=20)] | None = None
    response_format: ResponseFormat | None = None
    tools: Annotated[list[Any], Field(max_length=0)] | None = None
    tool_choice: Literal["none", "auto"] | None = None
    parallel_tool_calls: Any = None
    metadata: Any = None
    store: Any = None
    service_tier: Any = None
    safety_identifier: Any = None
    prompt_cache_key: Any = None

    @model_validator(mode="after")
    def _logprobs(self) -> Self:
        if self.top_logprobs is not None and not self.logprobs:
            raise ValueError("top_logprobs needs logprobs")
        return self


class CompletionBody(Settings):
    """The body of /v1/completions: texts, or ids."""

    prompt: (
        str | Annotated[list[int], Field(min_length=1)] | Annotated[list[str] | list[list[int]], Field(min_length=1)]
    )
    logprobs: Annotated[int, Field(ge=0, le=20)] | None = None
    echo: Literal[False] | None = None
    best_of: Literal[1] | None = None
    suffix: Literal[""] | None = None

    def prompts(self) -> list[str] | list[list[int]]:
        if isinstance(self.prompt, str):
            return [self.prompt]
        if isinstance(self.prompt[0], int):
            return [self.prompt]  # type: ignore[list-item]
        return self.prompt  # type: ignore[return-value]


B = TypeVar("B", bound=Settings)


def parse(kind: type[B], raw: bytes) -> B:
    """A checked body, or what is wrong with it."""
    try:
        found = json.loads(raw, parse_constant=_no_number)
        json.dumps(found, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError) as error:
        raise Refused(400, f"the body is no JSON: {str(error)[:200]}") from None
    try:
        return kind.model_validate(found)
    except ValidationError as error:
        raise _refused(error) from None


def _refused(error: ValidationError) -> Refused:
    first = error.errors(include_url=False, include_input=False)[0]
    place = [str(part) for part in first["loc"]]
    if first["type"] == "extra_forbidden":
        return Refused(400, f"unknown or unsupported argument: {'.'.join(place)[:80]}", param=place[0][:80])
    text = first["msg"].removeprefix("Value error, ")
    return Refused(400, f"{'.'.join(place) or 'body'}: {text}", param=place[0] if place else None)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")
