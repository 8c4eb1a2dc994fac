"""The default system message around a template: what is shown, and that nothing of the template is lost."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.models._template import CHATML, unwrap, wrap

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
