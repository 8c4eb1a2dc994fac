"""Conversations of several turns under a system message, in the chat templates that TRL's wheel holds.

They are those of today's models. Skipped where TRL is not there; the templates alone are read.
"""

import copy
import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.core.types import Lesson, Message
from orca2.errors import ModelError
from orca2.training.spans import encode
from tests.checkpoints.test_chat_codec import histories, ordinary, theirs
from tests.laws import examples

CONTROL = re.compile(r"<[|｜][^<>{}'\"]+[|｜]>|<\|turn>|<turn\|>|<(?:start|end)_of_turn>")
OF_IMAGES = ("idefics3", "llava_next", "smolvlm")  # which take a content in parts only


def found() -> list[Path]:
    trl = importlib.util.find_spec("trl")
    folders = (trl and trl.submodule_search_locations) or []
    return sorted(file for folder in folders for file in Path(folder, "chat_templates").glob("*.jinja"))


FILES = found()
pytestmark = pytest.mark.skipif(not FILES, reason="TRL is not there: pip download --no-deps trl, unzip, PYTHONPATH")


@pytest.fixture(scope="module", params=FILES, ids=lambda file: file.stem)
def case(request: pytest.FixtureRequest, tokenizer: Any) -> tuple[Any, ChatCodec]:
    own = copy.deepcopy(tokenizer)
    own.chat_template = request.param.read_text()
    own.add_special_tokens({"additional_special_tokens": sorted({*CONTROL.findall(own.chat_template)})})
    if request.param.stem.removesuffix("_training") in OF_IMAGES:
        with pytest.raises(ModelError, match="chat template"):
            ChatCodec(own)
        pytest.skip("a template of images, which is refused")
    return own, ChatCodec(own)


@examples(3)
@given(messages=histories(ordinary.filter(str.strip)))
def test_a_lesson_of_several_turns_begins_as_serving_does(case: Any, messages: list[Message]) -> None:
    own, chat = case
    lesson = encode(Lesson((*messages, Message("assistant", "So it is.")), "id"), chat)
    assert lesson.ids[: lesson.start] == chat.encode_prompt(messages)
    if chat.system == "refused" and messages[0].role == "system":
        system, asked, *rest = messages  # what nobody but us can render
        messages = [Message("user", f"{system.content}\n\n{asked.content}"), *rest]
    bos = [own.bos_token_id] if chat.encode_prompt(messages)[:1] != theirs(own, messages)[:1] else []
    assert lesson.ids[: lesson.start] == [*bos, *theirs(own, messages)]
    plain = [{"role": message.role, "content": message.content} for message in messages]
    prompt = own.apply_chat_template(plain, tokenize=False, add_generation_prompt=True)
    plain.append({"role": "assistant", "content": "So it is."})
    whole = own.apply_chat_template(plain, tokenize=False)
    if whole.startswith(prompt):  # the prompt opens no thought that the answer would have to close
        assert whole.startswith(own.decode(lesson.ids[len(bos) : -1]))
