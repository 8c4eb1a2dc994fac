"""The default system message around a template: what is shown, and that nothing of the template is lost."""

import copy
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import orca2
from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.loading import load_tokenizer
from orca2.checkpoints.template import CHATML, template_of, unwrap, wrap
from orca2.errors import ModelError
from tests.templates import make_tokenizer

GENERIC = 'It\'s "cautious" \\ and\nspans {{ lines }} {% endif %} {# no #} \r 😀.'


def render(template: str, *messages: tuple[str, str], **rest: Any) -> str:
    from transformers.utils.chat_template_utils import render_jinja_template

    shown, _ = render_jinja_template(
        [[{"role": role, "content": content} for role, content in messages]], chat_template=template, **rest
    )
    return str(shown[0])


def test_a_turn_of_its_own() -> None:
    template = wrap(CHATML, GENERIC, "turn", bos=False)
    assert render(template, ("user", "hi")) == (
        f"<|im_start|>system\n{GENERIC}<|im_end|>\n<|im_start|>user\nhi<|im_end|>\n"
    )
    assert render(template, ("system", "")) == "<|im_start|>system\n<|im_end|>\n"


def test_folded_into_the_first_user_message() -> None:
    template = wrap(CHATML, "Be good.", "refused", bos=True)
    turns = [("user", "hi"), ("assistant", "ho"), ("user", "he")]
    rest = render(CHATML, *turns[1:])
    assert render(template, *turns, bos_token="<s>") == f"<s><|im_start|>user\nBe good.\n\nhi<|im_end|>\n{rest}"
    assert render(template, ("system", "A"), *turns) == f"<|im_start|>user\nA\n\nhi<|im_end|>\n{rest}"
    assert render(template, ("system", ""), *turns) == f"<|im_start|>user\nhi<|im_end|>\n{rest}"


@pytest.mark.parametrize("inner", ["\n\n  {% if true %}\n  x\n  {% endif %}\n", "  {%- if true %}y{% endif %}", "  z"])
def test_white_space_of_the_inner_template_stays(inner: str) -> None:
    for bos in (False, True):
        for system in ("turn", "mixed", "refused"):
            assert render(wrap(inner, "S", system, bos), ("system", "s"), ("user", "u")) == render(inner)


@given(inner=st.text(), default=st.text(st.characters(exclude_categories=("Cs",))), bos=st.booleans())
def test_unwrapping_gives_back_both(inner: str, default: str, bos: bool) -> None:
    for system in ("turn", "mixed", "refused"):
        assert unwrap(wrap(inner, default, system, bos)) == (inner, default)
    assert unwrap(CHATML) == (CHATML, None)


def tokenizer(template: Any) -> Any:
    found = copy.copy(make_tokenizer("qwen"))
    found.chat_template, found.name_or_path = template, "a/place"
    return found


def test_templates_with_names() -> None:
    assert template_of(tokenizer(CHATML)) == CHATML
    assert template_of(tokenizer({"tool_use": "x", "default": CHATML})) == CHATML
    for none in (None, "", {}):
        assert template_of(tokenizer(none)) is None
    with pytest.raises(ModelError, match=r"a/place: its chat templates have names \(rag, tool_use\) and none is the"):
        template_of(tokenizer({"tool_use": "x", "rag": "y"}))
    with pytest.raises(ModelError, match="a/place: its chat template is no text"):
        template_of(tokenizer(5))


def test_named_templates_are_read_from_both_places(tiny: Path, tmp_path: Path) -> None:
    """As files beside the default, and as the list that older tokenizers have in their configuration."""
    files, listed = shutil.copytree(tiny, tmp_path / "files"), shutil.copytree(tiny, tmp_path / "listed")
    (files / "additional_chat_templates").mkdir()
    (files / "additional_chat_templates" / "rag.jinja").write_text("x")
    own = (listed / "chat_template.jinja").read_text()
    (listed / "chat_template.jinja").unlink()
    config = json.loads((listed / "tokenizer_config.json").read_text())
    config["chat_template"] = [{"name": "default", "template": own}, {"name": "tool_use", "template": "x"}]
    (listed / "tokenizer_config.json").write_text(json.dumps(config))
    for place in (files, listed):
        chat = ChatCodec(load_tokenizer(str(place)))
        assert chat.template == own
    (files / "chat_template.jinja").unlink()
    with pytest.raises(ModelError, match=r"files: its chat templates have names \(rag\) and none is the default"):
        orca2.load(str(files), device="cpu")
