"""The sections of a recipe, but for `[tasks]` and `[ablate]`: every key with its type, default and check."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from orca2.core.types import TaskSystem
from orca2.key_types import Count, Options, Positive, Rate, Share, Thinking


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Student(Section):
    """The model to train: a hub id, a folder, a `.gguf` file, or `package:NAME/FILE`. `batch_tokens` is how many tokens
    of prompts and answers are decoded at once; 0: what the device takes."""

    model: str
    system: str = "You are a cautious assistant. You carefully follow instructions."
    device: str = "auto"
    batch_tokens: Count = 0


class Asked(Section):
    """What every model is asked with that thinks before it answers: `thinking` is how much, an effort or tokens (None:
    as it does by itself), and `max_tokens` bounds thoughts and answer together."""

    max_tokens: Positive = 512
    thinking: Thinking | None = None

    @model_validator(mode="after")
    def _room_to_answer(self) -> "Asked":
        if isinstance(self.thinking, int) and self.thinking >= self.max_tokens:
            raise ValueError(
                f"thinking = {self.thinking} leaves nothing of max_tokens = {self.max_tokens} to the answer; raise"
                " max_tokens, which bounds the two together"
            )
        return self


class ModelAsked(Asked):
    """A model that is asked for answers: a plug-in of `models/` with its options. `prices` are dollars for a million
    tokens, {in, out}, or a file of them, where the package's are wrong."""

    model: str
    options: Options = {}
    temperature: Annotated[float, Field(ge=0)] = 0.0
    prices: dict[str, float] | str = ""


class Teacher(ModelAsked):
    """Who demonstrates. `max_cost` is what the run may spend, in dollars (0: no bound)."""

    max_cost: Annotated[float, Field(ge=0)] = 0.0


class Teach(Section):
    """Verified sampling of `tasks_per_family` tasks. A task is asked up to `samples` times under a strategy until
    `min_correct` answers are right and differ, then under the next best one of the profile; `strategies` is how many
    are tried (0: two if `samples` is above 1, else the chosen one only)."""

    tasks_per_family: Count = 60
    samples: Positive = 1
    min_correct: Positive = 1
    strategies: Count = 0

    @property
    def ways(self) -> int:
        return self.strategies or (2 if self.samples > 1 else 1)

    @model_validator(mode="after")
    def _reachable(self) -> "Teach":
        if self.min_correct > self.samples * self.ways:
            most = self.samples * self.ways
            raise ValueError(
                f"min_correct = {self.min_correct}, but at most {most} answers are asked for; raise samples"
            )
        return self


class Verify(Section):
    """Which right answers of the teacher go on: those of at most `max_tokens` tokens, thought and all, and of these the
    `shortest` of a task; thoughts are cut where the answer is settled if they are to `settle`. Not given: no bound."""

    max_tokens: Positive | None = None
    shortest: Positive | None = None
    settle: bool | None = None


class Training(Section):
    """How a student is tuned; the papers report none of these values, so they are ours.

    `batch_tokens` counts supervised tokens of one optimizer step; 0 is one row a step. With `batch_lessons` it takes so
    many lessons on average, however long they are; with `steps` an epoch has so many, whatever its lessons. Rows are
    shared out evenly among these. `evaluations` is how often the loss on lessons held back is taken on the way, per
    family. `think_tokens`: how a student whose chat template knows no thoughts writes those of its lessons, `<think>`
    as "text" or as tokens "added" to its vocabulary; added if nothing is given.
    """

    epochs: Positive = 1
    learning_rate: Rate = 3e-4
    row_tokens: Positive = 768
    batch_tokens: Count = 0
    batch_lessons: Count = 0
    steps: Count = 0
    warmup: Share = 0.05
    weight_decay: Annotated[float, Field(ge=0)] = 0.0
    optimizer: Literal["adamw", "adamw_8bit"] = "adamw"
    dtype: Literal["auto", "bf16", "fp32"] = "auto"
    gradient_checkpointing: bool = False
    compile: bool = False
    method: Literal["full", "lora", "qlora"] = "full"
    lora_rank: Positive = 16
    lora_alpha: Positive = 32
    lora_targets: list[str] = []
    save_minutes: Annotated[float, Field(ge=0)] = 10.0
    evaluations: Count = 0
    report_to: list[str] = []
    think_tokens: Literal["text", "added"] | None = None

    def steps_of(self, lessons: int) -> int:
        """Optimizer steps of an epoch of so many lessons; 0 where their tokens say how many."""
        return self.steps or (-(-lessons // self.batch_lessons) if self.batch_lessons else 0)

    @model_validator(mode="after")
    def _one_measure(self) -> "Training":
        given = [key for key in ("batch_tokens", "batch_lessons", "steps") if getattr(self, key)]
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} each say how much an optimizer step takes; give one of them")
        return self


class Stage(Section):
    """One stage of progressive learning, which starts from what the one before it made.

    `lessons` are files, one {"messages": [...]} a line, or "instruction" (the targets of the train split), "explain"
    and "cautious" (the lessons of the run's own stages). What is not given is as in the section around it.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    lessons: Annotated[list[str], Field(min_length=1)]
    epochs: Positive | None = None
    learning_rate: Rate | None = None


class Tuning(Training):
    """A training, or several in order: `stages` is progressive learning."""

    stages: list[Stage] = []

    def plan(self, own: str) -> list[tuple[Stage, Training]]:
        """The trainings in their order with all their settings; one of the run's own lessons if no stage is named."""
        stages = self.stages or [Stage(name=own, lessons=[own])]
        common = self.model_dump(include=set(Training.model_fields))
        return [
            (stage, Training(**common | {k: v for k, v in stage.model_dump(include=GIVEN).items() if v is not None}))
            for stage in stages
        ]

    @model_validator(mode="after")
    def _told_apart(self) -> "Tuning":
        names = [stage.name for stage in self.stages]
        if len(set(names)) < len(names):
            raise ValueError(f"stages: two of one name among {', '.join(names)}")
        return self


GIVEN = {"epochs", "learning_rate"}


class Explain(Tuning):
    """Explanation tuning. Each of `tasks` tasks of a family is shown under every strategy; 0 skips the stage. The
    student is tried at `eval_points` points of it too, on `eval_tasks` tasks of a family under each strategy, to see
    where it is heading."""

    tasks: Count = 60
    eval_points: Count = 3
    eval_tasks: Positive = 12


class Profile(Section):
    """Whose strategies are tried, and when a dearer one takes over from a cheaper one.

    `subject` is who is tried, `alpha` the chance allowed of a false "better" in a family, `tokens_per_point` the tokens
    an answer that one point of accuracy may cost, `budget` the tokens that trials may write in all (0: no bound),
    `choose` a strategy set by hand for a family.
    """

    subject: Literal["student", "teacher"] = "student"
    alpha: Annotated[float, Field(gt=0, le=0.5)] = 0.05
    tokens_per_point: Rate = 25.0
    budget: Count = 0
    max_tokens: Positive = 256
    choose: dict[str, str] = {}


class Erase(Section):
    """`system` is what a lesson keeps of a task's own system message: it after `student.system` ("both"), it in that
    one's place ("task"), or nothing ("default"). `few_shot` is the share of lessons that show other demonstrations
    before their task, and `demonstrations` the fewest and the most of these."""

    system: TaskSystem = "both"
    few_shot: Annotated[float, Field(ge=0, le=1)] = 0.0
    demonstrations: list[int] = [3, 5]

    @model_validator(mode="after")
    def _rising(self) -> "Erase":
        bounds = self.demonstrations
        if len(bounds) != 2 or not 1 <= bounds[0] <= bounds[1]:
            raise ValueError(f"demonstrations must be the fewest and the most, at least 1, as in [3, 5]; got {bounds}")
        return self


class Evaluate(Section):
    """The test. `cluster_by` is the task field whose value items share that are not independent, a passage say."""

    max_tokens: Positive = 256
    cluster_by: str = ""


class PanelJudge(Section):
    """A judge: a plug-in of `models/` with its options."""

    model: str
    options: Options = {}


class Judge(PanelJudge, Asked):
    """Who grades the tasks whose grader is `judge`: a plug-in of `models/`, a score or pairs in both orders. The judges
    of a `panel`, by name, are asked the same, and most of all of them decide."""

    panel: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")], PanelJudge] = {}
    mode: Literal["score", "pairwise"] = "score"
    passing: Annotated[int, Field(ge=1, le=10)] = 7


class Cluster(Section):
    """Several machines, joined by Ray. `address` is that of the cluster ("local" starts one on this machine, "auto" is
    the one that this machine belongs to); `store` a folder or fsspec URL that all nodes reach, empty: in the run
    folder. `workers` ask endpoints (0: one a node), with `worker_cpus` each; a local student takes `student_gpus` GPUs
    and `student_cpus` cores (0: the cores of a node). `train_workers` processes share a training (0: one a GPU)."""

    address: Annotated[str, Field(pattern=r"^(auto|local|[^/:\s]+:\d+|\[[0-9a-fA-F:]+\]:\d+)$")] = "auto"
    store: str = ""
    workers: Count = 0
    worker_cpus: Annotated[float, Field(gt=0)] = 1.0
    student_gpus: Annotated[float, Field(ge=0)] = 1.0
    student_cpus: Count = 0
    train_workers: Count = 0

    @field_validator("student_gpus")
    @classmethod
    def _whole_or_part(cls, gpus: float) -> float:
        if gpus > 1 and gpus % 1:
            raise ValueError(f"{gpus:g} is neither a part of one GPU nor several whole ones; give 0.5, 1 or 2, say")
        return gpus
