"""Chat templates as Jinja text: ChatML for a student that has none, and a default system message around any other."""

import json
import re
from typing import Any, Literal

from orca2.errors import ModelError

# A turn of its own; mixed into the user's text by the template itself; or refused (or left out) by it.
System = Literal["turn", "mixed", "refused"]

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)

# What microsoft/Orca-2-7b and -13b were trained on; their repositories hold no template. No newline after the last
# `assistant`: the model writes it. The spaces are ids of their own (29871): the slow tokenizer of the model card puts
# one in front of each text it is given, and it is given a conversation's beginning and then each further turn.
ORCA2 = (
    "{{ bos_token + ' ' }}{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' }}"
    "{% if message['role'] == 'assistant' %}{{ ' ' }}{% endif %}{{ '\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant' }}{% endif %}"
)

# Every line ends in a tag or comment, whose newline Jinja drops: the inner template starts at the start of a line.
OPENS = "{# orca2: the default system message #}"
BOS = "{{ bos_token }}"
SET = "{% set orca2_system = %SYSTEM% %}\n"
DEFAULT = (
    "{% if messages[0]['role'] != 'system' %}"
    "{% set messages = [{'role': 'system', 'content': orca2_system}] + messages %}{% endif %}\n"
)
DROP = (
    "{% if messages[0]['role'] == 'system' and not messages[0]['content'] %}"
    "{% set messages = messages[1:] %}{% endif %}\n"
)
FOLD = (
    "{% if messages[0]['role'] == 'system' %}{% set messages = [{'role': 'user', 'content': "
    "messages[0]['content'] + '\\n\\n' + messages[1]['content']}] + messages[2:] %}{% endif %}\n"
)
CLOSES = "{# orca2: the student's own template #}\n"
# In front of a template it stands in for the clock: what the template asks for comes out as a format between two marks
HAND = "\U0010fffc"
CLOCK = f"{{% macro strftime_now(format) %}}{HAND}{{{{ format }}}}{HAND}{{% endmacro %}}\n"
# llama.cpp gives every template today as `date_string`; one that writes a day of its own without it keeps that
UNSET = "{% set date_string = orca2_unset %}\n"

# A thought in front of the last answer, from a message's `reasoning_content` or its content; earlier ones are left out
THINKS = (
    "{# orca2: thoughts #}{% set orca2_turns = namespace(all=[]) %}{% for message in messages %}"
    "{% set orca2_thought = message['reasoning_content'] if message['reasoning_content'] is string else '' %}"
    "{% set orca2_said = message['content'] %}"
    "{% if message['role'] == 'assistant' and not orca2_thought and '</think>' in orca2_said %}"
    "{% set orca2_thought = orca2_said.split('</think>')[0].split('<think>')[-1] %}"
    "{% set orca2_said = orca2_said.split('</think>')[-1] | trim %}{% endif %}"
    "{% if message['role'] == 'assistant' and loop.last and orca2_thought | trim %}"
    "{% set orca2_said = '<think>\n' + orca2_thought | trim + '\n</think>\n\n' + orca2_said %}{% endif %}"
    "{% if message['role'] == 'assistant' and orca2_said != message['content'] %}"
    "{% set orca2_turns.all = orca2_turns.all + [{'role': 'assistant', 'content': orca2_said}] %}"
    "{% else %}{% set orca2_turns.all = orca2_turns.all + [message] %}{% endif %}"
    "{% endfor %}{% set messages = orca2_turns.all %}\n"
)
# In front of a template whose prompt closes a thought unless it is told otherwise: it is told so, unless by its user
MAY_THINK = (
    "{# orca2: thoughts #}{% if enable_thinking is not defined %}"
    "{% set enable_thinking = thinking is not defined or thinking %}{% endif %}"
    "{% if thinking is not defined %}{% set thinking = enable_thinking %}{% endif %}\n"
)

WRAPPED = re.compile(
    re.escape(OPENS)
    + f"(?:{re.escape(BOS)})?"
    + re.escape(SET).replace("%SYSTEM%", r'("(?:[^"\\]|\\.)*")')
    + f".*?{re.escape(CLOSES)}",
    re.DOTALL,
)


def wrap(template: str, default: str, system: System, bos: bool) -> str:
    """A template that puts `default` in where a conversation has no system message.

    `bos` writes the BOS token in front. Only constructs that every Jinja subset knows.
    """
    quoted = json.dumps(default, ensure_ascii=False)
    lines = {"turn": "", "mixed": DROP, "refused": DROP + FOLD}[system]
    return "".join(
        [OPENS, BOS if bos else "", SET.replace("%SYSTEM%", quoted), DEFAULT, lines, CLOSES, template],
    )


def with_thoughts(template: str) -> str:
    """A template that knows of none, with a form for thoughts: `<think>` and `</think>`, each on a line of its own.

    The prompt is the same whatever `enable_thinking` is: llama.cpp sets that unasked, and the student is to decide.
    """
    return THINKS + template


def unwrap(template: str) -> tuple[str, str | None]:
    """A template without what `wrap` put around it, and the default that this was."""
    found = WRAPPED.match(template)
    return (template[found.end() :], json.loads(found[1])) if found else (template, None)


def template_of(tokenizer: Any) -> str | None:
    """A tokenizer's chat template; of several with names the one called default. ModelError if there is none of that
    name: the others are for tools and documents, which nobody gives here."""
    found = tokenizer.chat_template
    if isinstance(found, dict) and found:
        if "default" not in found:
            raise ModelError(
                f"{tokenizer.name_or_path}: its chat templates have names ({', '.join(sorted(found))}) and none is the"
                " default; save the one to use as chat_template.jinja beside the tokenizer"
            )
        found = found["default"]
    if found and not isinstance(found, str):
        raise ModelError(f"{tokenizer.name_or_path}: its chat template is no text; save one as chat_template.jinja")
    return found or None


def is_orca2(tokenizer: Any) -> bool:
    """Whether a tokenizer without a template is that of Orca 2: LLaMA-2's vocabulary and its three added tokens."""
    added = {token.content: number for number, token in tokenizer.added_tokens_decoder.items() if number >= 32000}
    return added == {"[PAD]": 32000, "<|im_start|>": 32001, "<|im_end|>": 32002}
