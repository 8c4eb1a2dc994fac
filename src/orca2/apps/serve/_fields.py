"""Which fields of a request are not answered, and whether one may be there: only if it leaves the answer as it is.

The names are those of OpenAI's reference, and of what vLLM, llama.cpp and others add to it. docs/serving.md lists them
all; `tests/apps/serve/test_fields.py` holds the two together.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any

from orca2.apps.serve._errors import Refused

Neutral = Mapping[str, tuple[Any, ...]]

# what the client keeps for itself, and what is said of caching, speed and price: no answer depends on it
IGNORED = frozenset({
    "metadata", "parallel_tool_calls", "prediction", "prompt_cache_key", "prompt_cache_options",
    "prompt_cache_retention", "safety_identifier", "service_tier", "store", "user",
    "cache_prompt", "cache_salt", "id_slot", "keep_alive", "priority", "request_id", "session_id", "stream_interval",
})  # fmt: skip
IGNORED_OF_STREAMS = frozenset({"include_obfuscation"})
# an earlier turn's thought goes to the template, which knows whether it stays; what repeats it in parts does not
THOUGHTS = ("reasoning_content", "reasoning", "thinking")
REASONING = frozenset({*THOUGHTS, "reasoning_details", "thinking_blocks"})
IGNORED_OF_MESSAGES = frozenset(
    {"annotations", "name", "provider_specific_fields", "reasoning_details", "thinking_blocks", "weight"}
)
IGNORED_OF_PARTS = frozenset({"cache_control", "prompt_cache_breakpoint"})

EMPTY: tuple[Any, ...] = ([], {})  # of a field that is not listed; null always is as if it were not there
NEUTRAL: Neutral = {
    "audio": ({},),
    "best_of": (1,),
    "frequency_penalty": (0,),
    "function_call": ("none", "auto"),
    "functions": ([],),
    "logit_bias": ({},),
    "modalities": (["text"],),
    "moderation": ({},),
    "presence_penalty": (0,),
    "reasoning_effort": ("none", "medium"),
    "response_format": ({"type": "text"}, {}),
    "suffix": ("",),
    "tool_choice": ("none", "auto"),
    "tools": ([],),
    "verbosity": ("medium",),
    "web_search_options": (),  # an empty object asks for a search
    "allowed_token_ids": (),
    "bad_words": ([],),
    "chat_template": (),
    "chat_template_kwargs": ({},),
    "documents": ([],),
    "dry_multiplier": (0,),
    "dynatemp_range": (0,),
    "early_stopping": (False,),
    "grammar": ("",),
    "guided_json": (),
    "ignore_eos": (False,),
    "include_reasoning": (True,),
    "include_stop_str_in_output": (False,),
    "json_schema": (),
    "length_penalty": (1,),
    "min_tokens": (0,),
    "mirostat": (0,),
    "n_keep": (0,),
    "n_probs": (0,),
    "num_beams": (1,),
    "prompt_logprobs": (),
    "repeat_penalty": (1,),
    "return_progress": (False,),
    "return_token_ids": (False,),
    "return_tokens_as_token_ids": (False,),
    "skip_special_tokens": (True,),
    "spaces_between_special_tokens": (True, False),
    "stop_token_ids": ([],),
    "structured_outputs": ({},),
    "tfs_z": (1,),
    "timings_per_token": (False,),
    "truncate_prompt_tokens": (),
    "typical_p": (1,),
    "use_beam_search": (False,),
    "xtc_probability": (0,),
}
NEUTRAL_OF_CHATS: Neutral = {"add_special_tokens": (False,)}
# of a chat these say how much is thought, `_thinking.py` reads them
OF_THINKING = ("chat_template_kwargs", "include_reasoning", "reasoning_effort")
NEUTRAL_OF_COMPLETIONS: Neutral = {"add_special_tokens": (True,), "logprobs": (False,)}
NEUTRAL_OF_STREAMS: Neutral = {"continuous_usage_stats": (False,)}
NEUTRAL_OF_MESSAGES: Neutral = {
    "audio": (), "function_call": (), "partial": (False,), "prefix": (False,), "tool_call_id": (), "tool_calls": ([],),
}  # fmt: skip


def answered(
    body: Mapping[str, Any], known: Collection[str], ignored: Collection[str], neutral: Neutral, place: str = ""
) -> dict[str, Any]:
    """The fields of a body, or at `place` within one, that are `known`; one that would change the answer is refused."""
    kept = {}
    for name, value in body.items():
        if name in known and not _among(value, neutral.get(name, ())):
            kept[name] = value
        elif name not in known and name not in ignored and not _among(value, neutral.get(name, EMPTY)):
            listed = name in neutral
            what = "is not supported" if listed else "no such field is supported"
            values = "".join(f" or send {json.dumps(one)}" for one in neutral.get(name, ())[:1])
            raise Refused(
                400,
                f"{place}{name[:80]}: {what}; leave it out{values}",
                code="unsupported_parameter" if listed else "unknown_parameter",
                param=place.split(".")[0] or name[:80],
            )
    return kept


def _among(value: Any, values: Collection[Any]) -> bool:
    """Whether a value is one of some; true is not 1."""
    return any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in values)
