"""What a client may ask, in OpenAI's words: every field is checked, and one that would be ignored is refused."""

import json
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from orca2.apps.serve import _fields as fields
from orca2.apps.serve._errors import Refused
from orca2.apps.serve._messages import Turn, turns
from orca2.core.types import Message


def _texts(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _prompts(value: object) -> object:
    """A list of texts or of lists of ids; one alone is a list of one."""
    prompts = [value] if isinstance(value, str) or _are(value, int) else value
    if _are(prompts, str) or (isinstance(prompts, list) and prompts and all(_are(ids, int) for ids in prompts)):
        return prompts
    raise PydanticCustomError("prompts", "give a text, a list of texts, a list of token ids, or a list of such lists")


def _are(value: object, kind: type) -> bool:
    """Whether a value is a list with something in it, all of one kind."""
    return isinstance(value, list) and bool(value) and all(type(one) is kind for one in value)


class Body(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class StreamOptions(Body):
    include_usage: bool = False


class TemplateSwitches(Body):
    """What templates are told of thinking, by both names that they have for it."""

    enable_thinking: bool | None = None
    thinking: bool | None = None


class Settings(Body):
    """What both kinds of body have."""

    model: str
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    temperature: Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    top_k: Annotated[int, Field(ge=-1)] | None = None
    min_p: Annotated[float, Field(ge=0, le=1)] | None = None
    repetition_penalty: Annotated[float, Field(gt=0, le=10)] | None = None
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = None
    stop: Annotated[list[str], BeforeValidator(_texts), Field(max_length=16)] = []
    n: Annotated[int, Field(ge=1, le=16)] = 1
    stream: bool = False
    stream_options: StreamOptions = StreamOptions()
    echo: bool = False

    @classmethod
    def checked(cls, found: dict[str, Any]) -> Self:
        """A body from JSON without nulls."""
        if isinstance(options := found.get("stream_options"), dict):
            known = StreamOptions.model_fields
            options = fields.answered(
                options, known, fields.IGNORED_OF_STREAMS, fields.NEUTRAL_OF_STREAMS, "stream_options."
            )
            found = {**found, "stream_options": options}
        if isinstance(bias := found.get("logit_bias"), dict):
            found = {**found, "logit_bias": {token: value for token, value in bias.items() if value != 0}}
        if type(most := found.get("best_of")) is int and most == found.get("n", 1):
            found = {**found, "best_of": 1}
        return cls.model_validate(fields.answered(found, cls.model_fields, fields.IGNORED, cls.neutral()))

    @classmethod
    def neutral(cls) -> fields.Neutral:
        """Values of fields that are not answered which leave the answer as it is."""
        return fields.NEUTRAL


class ChatBody(Settings):
    """The body of /v1/chat/completions."""

    messages: Annotated[list[Turn], Field(min_length=1)]
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    logprobs: bool = False
    top_logprobs: Annotated[int, Field(ge=0, le=20)] = 0
    add_generation_prompt: bool | None = None
    continue_final_message: bool = False
    reasoning_effort: str | None = None
    chat_template_kwargs: TemplateSwitches = TemplateSwitches()
    thinking_budget: Annotated[int, Field(ge=0)] | None = None
    include_reasoning: bool = True

    @classmethod
    def checked(cls, found: dict[str, Any]) -> Self:
        if isinstance(messages := found.get("messages"), list):
            found = {**found, "messages": turns(messages, found.get("continue_final_message") is True)}
        return super().checked(found)

    @classmethod
    def neutral(cls) -> fields.Neutral:
        rest = {name: values for name, values in fields.NEUTRAL.items() if name not in fields.OF_THINKING}
        return {**rest, **fields.NEUTRAL_OF_CHATS}

    @model_validator(mode="after")
    def _together(self) -> Self:
        if self.top_logprobs and not self.logprobs:
            raise Refused(400, "top_logprobs: needs logprobs; send logprobs: true too", param="top_logprobs")
        switches = self.chat_template_kwargs
        if None not in (switches.enable_thinking, switches.thinking) and switches.enable_thinking != switches.thinking:
            text = "chat_template_kwargs: enable_thinking and thinking say the opposite; send one of them"
            raise Refused(400, text, param="chat_template_kwargs")
        if self.continue_final_message and self.add_generation_prompt:
            text = "continue_final_message: needs add_generation_prompt: false; both cannot be true"
            raise Refused(400, text, param="continue_final_message")
        return self

    def conversation(self) -> list[Message]:
        return [turn.message() for turn in self.messages]

    @property
    def begins_turn(self) -> bool:
        """Whether the template opens a turn for the answer."""
        return not self.continue_final_message and self.add_generation_prompt is not False


class CompletionBody(Settings):
    """The body of /v1/completions: texts, or ids. With 0 tokens nothing is written after the prompt."""

    prompt: Annotated[list[str] | list[list[int]], PlainValidator(_prompts)]
    max_tokens: Annotated[int, Field(ge=0)] | None = None
    logprobs: Annotated[int, Field(ge=0, le=20)] | None = None

    @classmethod
    def neutral(cls) -> fields.Neutral:
        return {**fields.NEUTRAL, **fields.NEUTRAL_OF_COMPLETIONS}


B = TypeVar("B", bound=Settings)


def parse(kind: type[B], raw: bytes) -> B:
    """A checked body, or what is wrong with it. A field that is null is as if it were not there."""
    try:
        found = json.loads(raw, parse_constant=_no_number, object_hook=_without_nulls)
        json.dumps(found, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError) as error:
        raise Refused(400, f"the body is no JSON: {str(error)[:200]}") from None
    if not isinstance(found, dict):
        raise Refused(400, "the body is no JSON object; send one with the fields of the request")
    try:
        return kind.checked(found)
    except ValidationError as error:
        raise _refused(error) from None


def _refused(error: ValidationError) -> Refused:
    first = error.errors(include_url=False, include_input=False)[0]
    place = [str(part) for part in first["loc"]]
    code = "missing_required_parameter" if first["type"] == "missing" else "invalid_value"
    return Refused(400, f"{'.'.join(place)}: {first['msg']}", code=code, param=place[0] if place else None)


def _without_nulls(pairs: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in pairs.items() if value is not None}


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")
