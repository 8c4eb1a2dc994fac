"""Looks on the way: the student answers in the midst of its training, and learns on as if nobody had looked."""

from pathlib import Path
from typing import Any

import pytest
import torch

from orca2.asking.ask import ask
from orca2.asking.cache import default_path
from orca2.asking.engine import Asker
from orca2.core.nouns import Completion, Message, Request
from orca2.models.transformers import Local
from orca2.student.looks import Looks
from orca2.student.training import train
from tests.student.conftest import flat, lessons, load_tiny
from tests.student.test_resume import OFTEN


@pytest.mark.slow
@pytest.mark.parametrize("method", ["full", "lora"])
def test_looking_changes_nothing(tiny: Path, tokenizer: Any, tmp_path: Path, method: str) -> None:
    from orca2.student.adapters import attach

    settings = OFTEN.model_copy(update={"method": method})
    seen: list[tuple[float, list[Completion]]] = []

    def look(learned: float, student: Local) -> None:
        student.keep = False
        asked = [Request((Message("user", f"What is {i} plus 1?"),), 6) for i in range(3)]
        seen.append((learned, ask(Asker(student), asked, "")))

    watched, alone = load_tiny(tiny), load_tiny(tiny)
    if method == "lora":
        attach(watched, settings, 5), attach(alone, settings, 5)
    train(watched, tokenizer, lessons(24), settings, 5, "t", looks=Looks(3, look))
    train(alone, tokenizer, lessons(24), settings, 5, "t")
    assert torch.equal(flat(watched), flat(alone))
    assert [learned for learned, _ in seen] == [0.25, 0.5, 0.75]
    assert all(completion.tokens_out for _, found in seen for completion in found)
    assert not default_path().exists()
