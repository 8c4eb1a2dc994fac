"""What a model is called, and one clear line where there is none."""

from pathlib import Path

import pytest

from orca2.errors import ModelError
from orca2.models.transformers import load


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("./nowhere", "does not exist"),
        ("nowhere.gguf", "does not exist"),
        ("package:no_such_package/x.gguf", "is not installed"),
    ],
)
def test_a_missing_model_is_one_clear_line(name: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=said):
        load(name, tmp_path)
