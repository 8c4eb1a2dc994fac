"""A text that comes in pieces, parted into thought and answer as if it had come at once."""

from hypothesis import given
from hypothesis import strategies as st

from orca2.checkpoints.thought_form import ThoughtForm
from orca2.checkpoints.thought_splitter import Piece, ThoughtSplitter, partial

THINK = ThoughtForm("<think>\n", "\n</think>\n\n", "<think>\n\n</think>\n\n", "\n</think>\n\n")
HARMONY = ThoughtForm(
    "<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>",
    "<|channel|>final<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>",
)  # fmt: skip
FORMS = [THINK, HARMONY, ThoughtForm("<think>", "</think>", "", "</think>")]
plain = st.text(st.sampled_from("ab <>|/\n"), max_size=12)


def parted(form: ThoughtForm, pieces: list[str], inside: bool) -> tuple[Piece, list[Piece], ThoughtSplitter]:
    splitter = ThoughtSplitter(form, inside)
    given_ = [*map(splitter.add, pieces), splitter.rest()]
    return Piece("".join(p.text for p in given_), "".join(p.reasoning for p in given_)), given_, splitter


@given(form=st.sampled_from(FORMS), texts=st.lists(plain, max_size=6), inside=st.booleans(), data=st.data())
def test_pieces_are_parted_as_the_whole(form: ThoughtForm, texts: list[str], inside: bool, data: st.DataObject) -> None:
    marks = [form.opens, form.closes, form.empty, form.opens.strip(), ""]
    text = "".join(part for said in texts for part in (said, data.draw(st.sampled_from(marks))))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert parted(form, pieces, inside)[0] == parted(form, [text], inside)[0]


@given(form=st.sampled_from(FORMS), thought=plain, answer=plain)
def test_both_come_back(form: ThoughtForm, thought: str, answer: str) -> None:
    if answer.lstrip() in (form.opens[:size] for size in range(2, len(form.opens))):
        return
    for inside in (False, True):
        lead = "" if inside else form.opens
        said, pieces, splitter = parted(form, list(f"{lead}{thought.strip()}{form.closes}{answer}"), inside)
        assert (said.reasoning, said.text) == (thought.strip(), answer.lstrip()) and not splitter.inside
        assert all(not (piece.text and piece.reasoning) for piece in pieces)


def test_what_is_cut_in_a_thought_has_no_answer() -> None:
    said, _, splitter = parted(THINK, ["<think>\n5 or", " 6 \n"], False)
    assert said == Piece("", "5 or 6") and splitter.inside
    said, _, splitter = parted(THINK, ["5 or </thi"], True)
    assert said == Piece("", "5 or </thi") and splitter.inside


def test_an_empty_thought_is_none() -> None:
    assert parted(THINK, ["<think>\n\n</think>\n\n", "8"], False)[0] == Piece("8")
    assert parted(THINK, ["\n</think>\n\n8"], True)[0] == Piece("8")
    assert parted(HARMONY, ["<|channel|>final<|message|>8"], False)[0] == Piece("8")


def test_an_answer_that_was_cut_in_a_mark_is_none() -> None:
    assert parted(THINK, ["<thin"], False)[0] == parted(HARMONY, ["<|channel|>fin"], False)[0] == Piece()
    assert parted(THINK, ["<"], False)[0] == Piece("<") and parted(THINK, ["a <th"], False)[0] == Piece("a <th")


def test_a_second_thought_is_no_answer_either() -> None:
    assert parted(THINK, ["<think>a</think>8 <think>b</think>so 9"], False)[0] == Piece("8 so 9", "ab")


def test_the_start_of_a_mark() -> None:
    assert [partial(text, ("<think>",)) for text in ("x", "x<", "x<thi", "<think>", "")] == [0, 1, 4, 0, 0]
