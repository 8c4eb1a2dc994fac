"""Chat templates as Jinja text: ChatML for a student that has none, and a default system message around any other."""

import json
import re
from typing import Literal

# A turn of its own; mixed into the user's text by the template itself; or refused (or left out) by it.
System = Literal["turn", "mixed", "refused"]

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
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


def unwrap(template: str) -> tuple[str, str | None]:
    """A template without what `wrap` put around it, and the default that this was."""
    found = WRAPPED.match(template)
    return (template[found.end() :], json.loads(found[1])) if found else (template, None)
