"""A scenario: one TOML file that says how the fake teacher answers, how slowly, and how it fails."""

import math
import re
import tomllib
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from orca2.errors import RecipeError
from orca2.files import located
from orca2.key_types import Count, Positive, Rate
from orca2.plugins import suggest
from orca2.recipe import first_complaint
from orca2.sections import Section

Part = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0)]


class Latency(Section):
    """Seconds from a request to its answer: none, `low`, between `low` and `high`, or skewed between the two.

    The skewed ones are lognormal about `median` with `sigma`, clipped at `low` and `high`.
    """

    kind: Literal["none", "fixed", "uniform", "lognormal"] = "none"
    low: Seconds = 0.05
    high: Seconds = 2.0
    median: Rate = 0.25
    sigma: Rate = 0.9

    @model_validator(mode="after")
    def _rising(self) -> "Latency":
        if self.kind in ("uniform", "lognormal") and self.low > self.high:
            raise ValueError(f"low {self.low} is above high {self.high}")
        return self


class Limit(Section):
    """Requests a minute, with a burst on top; 0 is no limit. Beyond it the answer is 429.

    `retry_after` is how the 429 says when to come back. A storm refuses everything for `storm_lasts` seconds out of
    every `storm_every`; 0 is no storm.
    """

    per_minute: Count = 0
    burst: Positive = 10
    retry_after: Literal["seconds", "date", "none"] = "seconds"
    storm_every: Seconds = 0.0
    storm_lasts: Seconds = 0.0

    @model_validator(mode="after")
    def _ends(self) -> "Limit":
        if self.storm_lasts and self.storm_lasts >= self.storm_every:
            raise ValueError(f"a storm lasts {self.storm_lasts} s of every {self.storm_every}: nothing would be let in")
        return self


class Faults(Section):
    """Which share of all attempts meets each fault; together 1 at most."""

    error_500: Part = 0.0
    reset: Part = 0.0  # the connection breaks in the middle of the reply
    hang: Part = 0.0  # no reply for `hang_seconds`, then the connection closes
    malformed: Part = 0.0  # 200 with a page that is no JSON
    half_json: Part = 0.0
    empty_choices: Part = 0.0
    wrong_model: Part = 0.0
    content_filter: Part = 0.0
    length: Part = 0.0  # half of the answer, cut by the limit on tokens
    slow_stream: Part = 0.0  # the reply trickles in over `slow_seconds`
    hang_seconds: Seconds = 600.0
    slow_seconds: Seconds = 10.0

    def shares(self) -> dict[str, float]:
        named: dict[str, float] = self.model_dump(exclude={"hang_seconds", "slow_seconds"})
        return {name: share for name, share in named.items() if share}

    @model_validator(mode="after")
    def _at_most_all(self) -> "Faults":
        if (total := math.fsum(self.shares().values())) > 1:
            raise ValueError(f"the shares add up to {total:g}; at most 1 is possible")
        return self


class Answer(Section):
    """What a good answer says: `text`; `text` with the last `marker` of the prompt in the place of {marker}; or the
    response of the row of `file` (JSON lines) whose prompt is asked, and whose system message is if it has one. The
    share `wrong` of echoes says another number: anew for each seed that is asked with, or `shared`, so that of a prompt
    all answers say the same one."""

    kind: Literal["fixed", "echo", "file"] = "echo"
    text: str = "The answer is {marker}."
    marker: str = r"\[(-?\d+)\]"
    file: str = ""
    wrong: Part = 0.0
    shared: bool = False

    @field_validator("marker")
    @classmethod
    def _one_group(cls, marker: str) -> str:
        try:
            groups = re.compile(marker).groups
        except re.error as error:
            raise ValueError(f"is no regular expression ({error})") from None
        if groups != 1:
            raise ValueError("needs exactly one (group), which is what is echoed")
        return marker

    @model_validator(mode="after")
    def _has_file(self) -> "Answer":
        if self.kind == "file" and not self.file:
            raise ValueError('kind "file" needs a file')
        if self.wrong and self.kind != "echo":
            raise ValueError(f'wrong = {self.wrong}, but only kind "echo" knows what would be right')
        return self


class Thinking(Section):
    """What it thinks before it answers, with {marker} as in the answer, unless a row of the file has a `reasoning` of
    its own; when it does so (`asked` and `unless_off` differ where a request says nothing); and where that shows.
    `closing_tag` lacks the opening one, as behind a template that opens the block; `hidden` is only counted."""

    when: Literal["never", "asked", "unless_off", "always"] = "never"
    shown_in: Literal[
        "reasoning", "reasoning_content", "reasoning_details", "parts", "tags", "closing_tag", "hidden"
    ] = "reasoning"
    text: str = "The number in brackets is {marker}, so that is what was asked for."


class Batches(Section):
    """The batch API: seconds for each status, which batches fail as a whole, and the share of rows left unanswered.

    The first `fail_first` batches fail; the next `expire_first` expire, with only a part of their rows answered.
    """

    validating: Seconds = 0.1
    in_progress: Seconds = 0.5
    fail_first: Count = 0
    expire_first: Count = 0
    expired_rows: Part = 0.5


class Scenario(Section):
    """Everything about one fake teacher. Equal seeds and requests meet equal faults, attempt by attempt."""

    seed: int = 0
    latency: Latency = Latency()
    limit: Limit = Limit()
    faults: Faults = Faults()
    answer: Answer = Answer()
    thinking: Thinking = Thinking()
    batches: Batches = Batches()


def load(named: str) -> tuple[Scenario, Path]:
    """A scenario file, or a built-in one by its name, and the folder that its paths start from."""
    built_in = resources.files(__package__) / "scenarios"
    names = sorted(entry.name.removesuffix(".toml") for entry in built_in.iterdir())
    path = located(named)
    try:
        text = (built_in / f"{named}.toml" if named in names else path).read_text(encoding="utf-8")
        scenario = Scenario.model_validate(tomllib.loads(text))
    except (FileNotFoundError, IsADirectoryError):
        near = suggest(named, names)
        raise RecipeError(
            f"--scenario: no file {named}{near}; give a .toml file or one of {', '.join(names)}"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RecipeError(f"{named} is not valid TOML: {error}") from None
    except ValidationError as error:
        raise RecipeError(f"{named}: {first_complaint(error, Scenario)}") from None
    return scenario, path.resolve().parent
