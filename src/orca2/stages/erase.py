"""erase: demonstrations become lessons under the generic message, their instructions gone."""

from typing import Any

from orca2.core.erasing import erase
from orca2.core.nouns import Demonstration
from orca2.errors import DataError
from orca2.runfolder import RunFolder
from orca2.stages import _ask

READS = ()
MAKES = ("lessons.jsonl", "erase.json")


def run(folder: RunFolder) -> dict[str, Any]:
    shown = folder.read_rows("verified.jsonl", "verify", Demonstration)
    known = _ask.strategies(folder)
    lessons = [erase(demonstration, folder.recipe.student.system, known) for demonstration in shown]
    kept = [lesson for lesson in lessons if lesson is not None]
    if not kept:
        raise DataError("erase: every lesson repeats an instruction; reword the strategies or change the teacher")
    folder.write_rows("lessons.jsonl", kept)
    leaked = len(lessons) - len(kept)
    folder.write_json("erase.json", {"lessons": len(kept), "leaked": leaked})
    return {"said": f"{len(kept):,} lessons" + (f", {leaked} set aside: an instruction survived" if leaked else "")}
