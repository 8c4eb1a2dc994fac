"""The types of a recipe's keys: counts and shares, options of plug-ins, a grader with or without options."""

import math
from datetime import date, time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(gt=0)]
Rate = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, lt=1)]
Named = Annotated[list[str], Field(min_length=1)]
Thinking = Literal["off", "low", "medium", "high"] | Positive


def _plain(value: Any) -> Any:
    """A value that JSON has too. TOML's dates are no texts, and its inf and nan no numbers of a request."""
    if isinstance(value, date | time):
        raise ValueError(f'{value} is a date or time to TOML; write "{value}", quotes and all')
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is no number that can be used")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _plain(inner)
    return value


Options = dict[str, Annotated[Any, AfterValidator(_plain)]]


def _named(grader: str | Options) -> str | Options:
    if isinstance(grader, dict) and not isinstance(grader.get("name"), str):
        raise ValueError('a table of a grader needs its name, as in { name = "number", decimal = "," }')
    return grader


Grader = Annotated[str | Options, AfterValidator(_named)]
