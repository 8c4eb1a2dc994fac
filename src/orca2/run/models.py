"""The models of a run, as its recipe names them: teacher, student, judge."""

from collections.abc import Iterable, Sequence

from orca2 import plugins
from orca2.core.model import Model
from orca2.core.records import Explanation
from orca2.core.thinking import Thinking
from orca2.core.types import Completion
from orca2.endpoints.thinking import ThinkingKeys
from orca2.errors import ModelError, RecipeError
from orca2.grading.judging import JudgeClient, load_judge_client
from orca2.progress import doing
from orca2.run.folder import RunFolder
from orca2.sections import ModelAsked


def load_teacher(folder: RunFolder, other: ModelAsked | None = None, section: str = "teacher") -> Model:
    """The recipe's teacher, or another one that its `section` names; RecipeError where what it costs is to be limited
    and no price is known."""
    from orca2.checkpoints.loading import load_tokenizer, locate
    from orca2.checkpoints.preparing import counter

    spec = other or folder.recipe.teacher
    count = counter(load_tokenizer(locate(folder.recipe.student.model, folder.base)))
    load = plugins.get("models", spec.model, folder.base).load
    given = {"count": count, "base": folder.base, "prices": spec.prices}
    with doing(f"loading the teacher {spec.model}"):
        model: Model = plugins.call(f"{section}.options", load, spec.options, **given)
    check_price(folder.recipe.teacher.max_cost, model, section)
    return model


def check_price(max_cost: float, model: Model, section: str = "teacher") -> None:
    """RecipeError where what teachers cost is to be bounded and the price of one is not known."""
    if max_cost and getattr(model, "price", 0) is None:
        raise RecipeError(
            f"teacher.max_cost: no price of {model.name} is known; add {section}.prices = {{ in = ..., out = ... }},"
            " dollars for a million tokens"
        )


def check_thinking(model: Model, asked: Iterable[Thinking | None], max_tokens: int) -> None:
    """RecipeError where the recipe says how an endpoint is asked to think, but not for something that is `asked`."""
    keys = getattr(model, "thinking", None)
    for thinking in asked:
        if thinking is not None and isinstance(keys, ThinkingKeys):
            keys.keys(thinking, max_tokens)


def load_student(folder: RunFolder, checkpoint: str | None) -> Model:
    """A checkpoint of the run folder by its name, or the untouched student of the recipe for None; in this process, or
    on the nodes of the cluster that the run has joined."""
    spec, cluster = folder.recipe.student, folder.recipe.cluster
    model, base = (spec.model, folder.base) if checkpoint is None else (checkpoint, folder.path)
    if cluster is not None:
        from orca2.scale.connecting import is_driver

        if is_driver():
            from orca2.scale.student import Checkpoint
            from orca2.scale.students import Students

            on = Checkpoint(model, base, spec.device, batch_tokens=spec.batch_tokens)
            return Students(on, cluster, str(folder.path))
    from orca2.models.transformers import load

    with doing(f"loading {model}"):
        return load(model, base, spec.device, batch_tokens=spec.batch_tokens)


def explained_checkpoint(folder: RunFolder) -> str | None:
    """The name of the explained student's checkpoint, or None where that stage was skipped."""
    explained = folder.read_noun("explain.json", "explain", Explanation)
    return folder.file("explained", "explain").name if explained.took_place else None


def load_judge(folder: RunFolder) -> JudgeClient | None:
    """Who judges open answers in this run."""
    judge = folder.recipe.judge
    return load_judge_client(folder.base, judge.model_dump() if judge else None, folder.client)


def check_answers(model: Model, completions: Sequence[Completion]) -> None:
    """ModelError if not one call has succeeded."""
    failures = [completion.error for completion in completions if completion.error]
    if completions and len(failures) == len(completions):
        raise ModelError(f"teacher {model.name}: all {len(completions)} calls failed, the first with: {failures[0]}")
