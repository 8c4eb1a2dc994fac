"""Who is evaluated: a run folder's student, a checkpoint, a hub id, or a model behind an endpoint."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orca2.checkpoints.names import find
from orca2.core.model import Model
from orca2.errors import ModelError, RecipeError
from orca2.files import located
from orca2.reporting.artifacts import read_json
from orca2.sections import Cluster, Student

NEUTRAL: str = Student.model_fields["system"].default


@dataclass(frozen=True, slots=True)
class Subject:
    """`run` is the folder whose record says what the model was trained on, if there is one; `default_system` the
    text of the system message under which it was trained, or else the neutral one."""

    name: str
    model: Model
    run: Path | None
    default_system: str


def remote(spec: str) -> bool:
    return spec.startswith(("http://", "https://"))


def subject(
    spec: str,
    name: str | None,
    device: str,
    endpoint: Mapping[str, Any],
    option: str = "--model",
    cluster: Cluster | None = None,
) -> Subject:
    """Load what `spec` names, on the nodes of a cluster that has been joined, or here; `name` is the model behind an
    endpoint, `option` the one that gives it."""
    if remote(spec):
        from orca2.models import openai

        if not name:
            raise RecipeError(f"{spec}: an endpoint may serve several models; name one with {option} NAME")
        return Subject(name, openai.load(name, spec, **endpoint), None, NEUTRAL)
    if name:
        raise RecipeError(f"{option} {name}: names the model of an endpoint (http://...), but {spec} is none")
    place, base = find(spec)
    run = base if place == "student" and (base / "record.json").is_file() else _made_by(located(spec))
    model = _local(place, base, device, cluster)
    record = read_json(run, "record.json", "run") if run else {}
    default_system = record.get("recipe", {}).get("student", {}).get("system") or NEUTRAL
    return Subject(located(spec).resolve().name if located(spec).exists() else spec, model, run, default_system)


def _made_by(checkpoint: Path) -> Path | None:
    """The run folder that a checkpoint lies in."""
    return checkpoint.parent if (checkpoint.parent / "record.json").is_file() and checkpoint.is_dir() else None


def _local(place: str, base: Path, device: str, cluster: Cluster | None) -> Model:
    from orca2.checkpoints.loading import load_tokenizer, locate
    from orca2.checkpoints.template import template_of

    if template_of(load_tokenizer(locate(place, base))) is None:
        raise ModelError(
            f"{base / place if place == 'student' else place} has no chat template: nothing says how it is asked;"
            " save one with its tokenizer (tokenizer.chat_template), or evaluate a student made by `orca2 run`"
        )
    if cluster is not None:
        from orca2.scale.student import Checkpoint
        from orca2.scale.students import Students

        return Students(Checkpoint(place, base, device), cluster, f"suite of {base / place}")
    from orca2.models.transformers import load

    return load(place, base, device)
