"""What the name of a model on the command line means."""

from pathlib import Path

from orca2.errors import ModelError, RunError
from orca2.files import located


def find(model: str) -> tuple[str, Path]:
    """What to load: a run folder's student, or the checkpoint, GGUF file or hub id itself.

    RunError for a run that has no student yet, ModelError for what is there and can be no model.
    """
    folder = located(model)
    if (folder / "student").is_dir():
        return "student", folder
    if (folder / "record.json").is_file():
        raise RunError(f"{model} is a run folder without a student; to train it: orca2 run {model} --until train")
    if folder.suffix == ".toml" and folder.is_file():
        raise ModelError(f"{model} is a recipe, no model; to make its student: orca2 run {model}")
    if folder.is_symlink() and not folder.exists():
        raise ModelError(f"{model} is a link to nothing; give a run folder, a checkpoint, a GGUF file or a hub id")
    return model, Path.cwd()
