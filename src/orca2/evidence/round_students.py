"""The students of the closed loop on disk: the run's own from before any round, that of each round, and the best."""

import shutil
from pathlib import Path

from orca2.errors import RunError
from orca2.files import read_json
from orca2.run.folder import RunFolder

FOLDER = "improve"


def student_name(number: int) -> str:
    """The student of a round, as a checkpoint's name in the run folder; 0 is the run's own, from before any round."""
    return f"{FOLDER}/round-{number}/student"


def keep_first(folder: RunFolder, best: int) -> None:
    """Keep the run's own student; RunError if what stands in its place by now is neither that nor the best round's."""
    path = folder.path
    if not (path / FOLDER / "round-0").exists():
        with folder.new_folder(f"{FOLDER}/round-0") as kept:
            shutil.copytree(path / "student", kept / "student")
    known = [path / student_name(number) for number in {0, best}]
    if _key(path / "student") not in [_key(student) for student in known if student.exists()]:
        raise RunError(f"{path / 'student'} was trained anew since {path / FOLDER} was made; move that folder away")


def put_best(folder: RunFolder, best: int) -> None:
    """Make the best student the run's own, unless it is; those of rounds that are neither the first nor the best go."""
    source = folder.path / student_name(best)
    if _key(source) != _key(folder.path / "student"):
        with folder.new_folder("student") as place:
            shutil.copytree(source, place, dirs_exist_ok=True)
    for place in (folder.path / FOLDER).glob("round-*"):
        if place.name not in ("round-0", f"round-{best}"):
            shutil.rmtree(place)


def _key(student: Path) -> str:
    """A hash of all that a student was made from."""
    return str(read_json(student / "orca2.json", "train that student again")["key"])
