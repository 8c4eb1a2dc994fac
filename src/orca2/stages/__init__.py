"""The stages of a run in their order. One list: the pipeline, the command line and the report follow it."""

from orca2.run.stage import Stage

_SEEDS = ("seed", "data_seed")
_STRATEGIES = ("strategies", "family_strategies")
_TEACHER = ("teacher.model", "teacher.options", "teacher.max_tokens", "teacher.temperature", "teacher.thinking")

STAGES = (
    Stage(
        "tasks",
        "Read the tasks, split them, check their gold answers.",
        reads=(*_SEEDS, "tasks"),
        needs=(),
        makes=("tasks.jsonl", "tasks.json"),
        edits=("families.csv",),
    ),
    Stage(
        "gold",
        "Have teachers agree on the gold answers that no row gives.",
        reads=(*_SEEDS, *_TEACHER, *_STRATEGIES, "tasks.agreed", "judge"),
        needs=("tasks",),
        makes=("golds.jsonl", "golds_set_aside.jsonl", "gold.json"),
        asks=True,
    ),
    Stage(
        "explain",
        "Tune the student on every strategy, instructions kept (Orca 1).",
        reads=(*_SEEDS, "student", *_TEACHER, *_STRATEGIES, "judge", "explain", "profile.subject"),
        needs=("tasks", "gold"),
        makes=("explain.json",),
        trains=True,
    ),
    Stage(
        "profile",
        "Try every strategy on the profile split and choose one per family.",
        reads=(*_SEEDS, "student", *_TEACHER, *_STRATEGIES, "judge", "profile"),
        needs=("tasks", "gold", "explain"),
        makes=("trials.jsonl", "profile.json", "profile.html"),
    ),
    Stage(
        "teach",
        "Have the teacher demonstrate the train split under the chosen strategies.",
        reads=(*_SEEDS, *_TEACHER, *_STRATEGIES, "judge", "teach"),
        needs=("tasks", "gold", "profile"),
        makes=("demonstrations.jsonl",),
        asks=True,
        as_files=True,
    ),
    Stage(
        "verify",
        "Keep only demonstrations whose answer is right and whole.",
        reads=("teach.min_correct", "verify", *_STRATEGIES),
        needs=("teach",),
        makes=("verified.jsonl", "set_aside.jsonl", "verify.json"),
    ),
    Stage(
        "erase",
        "Turn demonstrations into lessons: the instructions go.",
        reads=("seed", "student.system", *_STRATEGIES, "erase"),
        needs=("verify",),
        makes=("lessons.jsonl", "erase.json"),
    ),
    Stage(
        "train",
        "Train the cautious student on the lessons.",
        reads=("seed", "student", "train", "erase.system", "teach.tasks_per_family"),
        needs=("tasks", "gold", "explain", "erase"),
        makes=("train.json", "student"),
        trains=True,
    ),
    Stage(
        "evaluate",
        "Compare base, explained and cautious student, zero-shot on the test split.",
        reads=("seed", "student", *_TEACHER, *_STRATEGIES, "judge", "erase.system", "evaluate"),
        needs=("tasks", "gold", "explain", "profile", "train"),
        makes=("answers.jsonl", "evaluate.json"),
    ),
    Stage(
        "report",
        "Write report.md and report.html.",
        reads=("name",),
        needs=("tasks", "gold", "explain", "profile", "teach", "verify", "erase", "train", "evaluate"),
        makes=("report.md", "report.html", "answers.html"),
    ),
)
BY_NAME = {stage.name: stage for stage in STAGES}
