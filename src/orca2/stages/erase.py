"""erase: demonstrations become lessons under the default message, their instructions gone."""

from orca2.core import fewshot
from orca2.core.counts import Erasure
from orca2.core.erasing import erase
from orca2.core.types import Demonstration
from orca2.errors import DataError
from orca2.progress import console
from orca2.run.folder import RunFolder
from orca2.run.stage import StageResult
from orca2.run.tasks import strategies_of


def run(folder: RunFolder) -> StageResult:
    recipe, known = folder.recipe, strategies_of(folder)
    default, keeps = recipe.student.system, recipe.erase.system
    verified = folder.read_rows("verified.jsonl", "verify", Demonstration)
    # an example that leaks would make a lesson leak that does not by itself, so clean ones only are drawn from
    clean = [shown for shown in verified if erase(shown, default, known, keeps=keeps)]
    if not clean:
        inside = any(erase(shown, default, known, keeps="default") for shown in verified)
        step = ', or leave out the system messages of tasks, which do: erase.system = "default"' if inside else ""
        why = "erase: every lesson repeats an instruction; reword the strategies or change the teacher"
        raise DataError(f"{why}{step}")
    fewest, most = recipe.erase.demonstrations
    examples, short = fewshot.draw(clean, recipe.erase.few_shot, (fewest, most), recipe.seed)
    for family, count in short.items():
        console.print(f"  {family}: {count} demonstrations are too few to show {fewest} others; its lessons show none")
    lessons = [erase(shown, default, known, examples.get(shown.task, ()), keeps) for shown in clean]
    kept = [lesson for lesson in lessons if lesson is not None]
    folder.write_rows("lessons.jsonl", kept)
    leaked = len(verified) - len(kept)
    counts = Erasure(lessons=len(kept), leaked=leaked, few_shot=len(examples), too_few=short)
    folder.write_json("erase.json", counts)
    said = [f"{len(kept):,} lessons", f"{len(examples)} of them few-shot" if examples else ""]
    said.append(f"{leaked} set aside: an instruction survived" if leaked else "")
    return StageResult(", ".join(filter(None, said)))
