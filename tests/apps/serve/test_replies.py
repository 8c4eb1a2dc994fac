"""What a reply says of its tokens: each prompt once, all choices together."""

from orca2.apps.serve._replies import usage
from orca2.inference.requests import StreamChunk


def test_each_prompt_counts_once_and_all_choices_together() -> None:
    last = [StreamChunk("", tokens=3, reused=4, finish="stop"), StreamChunk("", tokens=5, reused=2, finish="length")]
    assert usage(10, last) == {
        "prompt_tokens": 10, "completion_tokens": 8, "total_tokens": 18, "prompt_tokens_details": {"cached_tokens": 2},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }  # fmt: skip


def test_no_choice_has_no_tokens() -> None:
    assert usage(7, [])["total_tokens"] == 7 and usage(7, [])["prompt_tokens_details"] == {"cached_tokens": 0}
