"""Documents in rows: nothing cut, nothing leaks, no target is a document start."""

from typing import Any

import torch
from hypothesis import given
from hypothesis import strategies as st

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.core.types import Lesson, Message
from orca2.training.rows import boundaries, pack
from orca2.training.spans import TokenizedExample, encode
from tests.training.conftest import lessons

documents = st.lists(
    st.builds(
        lambda read, learned: TokenizedExample(list(range(1, read + learned + 1)), read),
        st.integers(1, 30),
        st.integers(0, 30),
    ),
    max_size=40,
)


@given(documents, st.integers(20, 80), st.booleans())
def test_a_row_is_whole_documents_and_learns_their_answers_only(
    given_documents: list[TokenizedExample], capacity: int, together: bool
) -> None:
    packed = pack(given_documents, capacity, 0, together)
    assert packed.documents + sum(packed.dropped.values()) == len(given_documents)
    assert sorted(i for row in packed.rows for i in row) == list(range(packed.documents))
    learned = 0
    for at in range(len(packed.rows)):
        row, lengths = packed.row(at), packed.lengths(at)
        ids, positions = row["input_ids"][0], row["position_ids"][0]
        assert len(ids) == len(positions) == sum(lengths) <= capacity
        assert positions.tolist() == [i for length in lengths for i in range(length)]
        assert not set((row["label_positions"] + 1).tolist()) & set((positions == 0).nonzero().flatten().tolist())
        assert torch.equal(row["labels"], ids[row["label_positions"] + 1])
        assert len(row["labels"]) == packed.num_label_tokens_in(at)
        learned += len(row["labels"])
    assert learned == packed.supervised_tokens
    assert packed.tokens == sum(packed.length(i) for i in range(packed.documents))


def test_each_answers_end_is_learned(tokenizer: Any) -> None:
    chat = ChatCodec(tokenizer)
    packed = pack([encode(lesson, chat) for lesson in lessons(40)], 300)
    for at, row in enumerate(packed.rows):
        assert (packed.row(at)["labels"] == chat.end).sum() == len(row)


def test_what_does_not_fit_is_counted(tokenizer: Any) -> None:
    chat = ChatCodec(tokenizer)
    empty = Lesson((Message("user", "?"), Message("assistant", "")), "e")
    packed = pack([encode(lesson, chat) for lesson in [*lessons(8), empty]], 60)
    assert packed.documents + sum(packed.dropped.values()) == 9
    assert packed.dropped["empty answer"] == 1 and packed.dropped["longer than row_tokens = 60"] > 0


def test_what_the_model_cannot_take_is_counted_too() -> None:
    """Learned positions end with the context; a row of several documents may be longer."""
    packed = pack([TokenizedExample(list(range(1, length)), 1) for length in (20, 30, 40, 50)], 60, context=32)
    assert packed.documents == 2 and packed.dropped == {"longer than the context of 32": 2}
    assert pack([TokenizedExample(list(range(1, 50)), 1)], 40, context=45).dropped == {"longer than row_tokens = 40": 1}
    assert max(sum(packed.lengths(row)) for row in range(len(packed.rows))) == 48


def test_boundaries() -> None:
    found = boundaries([3, 5, 2])
    assert found["cu_seq_lens_q"].tolist() == [0, 3, 8, 10] == found["cu_seq_lens_k"].tolist()
    assert found["cu_seq_lens_q"].dtype == torch.int32 and found["max_length_q"] == found["max_length_k"] == 5


def test_lessons_that_are_too_long_say_what_would_keep_them() -> None:
    def document(length: int) -> TokenizedExample:
        return TokenizedExample(list(range(length)), 1)

    lengths = [5] * 6 + [20, 30, 40, 90]
    packed = pack(map(document, lengths), 10, context=64)
    assert packed.lost(10, 64) == (
        "4 of 10 lessons (40.0%) are too long and left out; row_tokens = 40 would keep 3;"
        " 1 are longer than the student's context of 64"
    )
    assert pack(map(document, lengths), 10).lost(10, None).endswith("row_tokens = 90 would keep them")
    many = pack(map(document, [5, *range(11, 31), 400]), 10)
    assert many.lost(10, None).endswith("row_tokens = 400 would keep them, 29 nine of ten of them")
    assert pack(map(document, lengths), 100).lost(100, None) == ""


def test_a_lesson_that_types_the_mark_of_a_thought_is_left_out() -> None:
    documents = [TokenizedExample([1, 2, 3], 1), TokenizedExample([1, 2, 3], 1, ambiguous=True)]
    assert pack(documents, 10).dropped == {"the mark of a thought in its text": 1}
