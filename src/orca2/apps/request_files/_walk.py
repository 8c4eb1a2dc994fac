"""teach as far as it comes with the answers that there are: which requests it makes, and which of them wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orca2.asking.known_answers import KnownAnswers, KnownRequest, run_known
from orca2.core.model import HttpModel
from orca2.errors import RecipeError
from orca2.progress import track
from orca2.run.folder import RunFolder
from orca2.run.models import load_teacher
from orca2.stages.teach import TaskPlans, plan, rows, sampling


@dataclass(frozen=True, slots=True)
class Walk:
    """`teacher` is the name of the model that is taught by, `requests` those that are owed or have answers given, by
    their keys, and `waiting` the tasks that wait with the keys that they wait for, in the order of asking."""

    teacher: str
    requests: Mapping[bytes, KnownRequest]
    waiting: Sequence[tuple[TaskPlans, Sequence[bytes]]]

    @property
    def owed(self) -> dict[bytes, KnownRequest]:
        """The requests without an answer, in the order of asking."""
        return {key: self.requests[key] for _, keys in self.waiting for key in keys}


def walk(folder: RunFolder, given: Mapping[bytes, Sequence[bytes]]) -> Walk:
    """Go through teach with the kept answers and the `given` ones; no endpoint is asked."""
    model = load_teacher(folder)
    if not isinstance(model, HttpModel):
        raise RecipeError(
            f'files of requests are for a teacher that is an endpoint (teacher.model = "openai"), and this one is'
            f" {folder.recipe.teacher.model!r}; ask it with: orca2 teach {folder.path}"
        )
    client = folder.client(model)
    known, asked = KnownAnswers(given), rows(folder, plan(folder), client, asks=False)
    owed: dict[str, Sequence[bytes]] = {}
    with track("teach: known answers", len(asked), "tasks") as advance:
        for (task, _), keys in run_known(client, asked, sampling(folder), known):
            owed[task.id] = keys
            advance(1)
    return Walk(model.name, known.requests, [(row, keys) for row in asked if (keys := owed[row[0].id])])
