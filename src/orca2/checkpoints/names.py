"""What the name of a model on the command line means."""

from pathlib import Path

from orca2.files import located


def find(model: str) -> tuple[str, Path]:
    """What to load: a run folder's student, or the checkpoint, GGUF file or hub id itself."""
    folder = located(model)
    if (folder / "record.json").is_file() or (folder / "student").is_dir():
        return "student", folder
    return model, Path.cwd()
