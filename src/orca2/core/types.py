"""The nouns of the method, as frozen dataclasses. Every stage reads some of them and makes one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from orca2.core.thinking import Thinking, Writes

Split = Literal["profile", "train", "test"]
Outcome = Literal["correct", "wrong", "ambiguous", "unextracted", "truncated", "failed"]
# of a choice: shown by the trials; no difference beyond noise or worth its tokens; trials too few to say; more
# explanation tuning is needed before anything can be said; no strategy works; set by hand in the recipe
Status = Literal["decided", "tie", "undecided", "early", "failed", "set"]
Role = Literal["system", "user", "assistant"]
# where the standard comes from that a task's answers are held against: its row; answers of teachers that agree; a
# user's function or program; a judge with a rubric
Gold = Literal["given", "agreed", "checked", "judged"]
# what of a task's own system message a lesson keeps: it after the default one, it in the default one's place, nothing
TaskSystem = Literal["both", "task", "default"]
# where in a response its answer was read: the whole text; a field of JSON; after "the answer is"; after "wait"; a first
# sentence that more follows; the closing statements; an opening such as "Yes, because"
Where = Literal["whole", "field", "stated", "corrected", "first", "last", "opening"]
UNSAID = {"unsaid": True}  # a field that is not written while it has its default: files stay as they were


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation. `content` is always plain text, never control tokens; `reasoning` what an assistant
    that thinks says to itself before that, and no reader of answers is given it."""

    role: Role
    content: str
    reasoning: str = field(default="", metadata=UNSAID)


@dataclass(frozen=True, slots=True)
class Task:
    """One question with its gold answer. `fields` keeps the other columns of its source row.

    `prompt` is what the user says last, `history` the turns before it, `system` the task's own system message; its `id`
    is the hash of all three. `grader` names a plug-in of `graders/`, and `grader_options` are what it is made with.
    `gold` says where the standard comes from; the target is empty where that is a check or a judge, and until teachers
    have agreed on one.
    """

    id: str
    family: str
    prompt: str
    target: str
    grader: str
    split: Split
    fields: Mapping[str, str] = field(default_factory=dict)
    grader_options: Mapping[str, Any] = field(default_factory=dict)
    gold: Gold = "given"
    system: str = ""
    history: tuple[Message, ...] = ()

    @property
    def before(self) -> tuple[Message, ...]:
        """What stands before the question: the task's own system message, if it has one, and the earlier turns."""
        return (*([Message("system", self.system)] if self.system else ()), *self.history)

    @property
    def messages(self) -> tuple[Message, ...]:
        """All that is asked, as its source has it."""
        return (*self.before, Message("user", self.prompt))


@dataclass(frozen=True, slots=True)
class Call:
    """A further call to the teacher: `prompt` is the user's next turn, after its answer to the call before."""

    name: str
    prompt: str


@dataclass(frozen=True, slots=True)
class Strategy:
    """One way to solve a task. `instructions` are wordings of the same system instruction, of which a task gets one.

    `answer` is how the final answer is marked, with "..." in its place; empty where nothing marks it. `calls` are asked
    of a teacher after the task itself, in turn, and only what it says last is learned from. `thinking` is how much a
    teacher is to think (None: as the recipe says), `writes` what the student learns to write before its answer; None
    as that goes (`core.eliciting.written`).
    """

    name: str
    about: str
    instructions: tuple[str, ...]
    answer: str = ""
    calls: tuple[Call, ...] = ()
    thinking: Thinking | None = None
    writes: Writes | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model. `task` and `strategy` let recorded answers and solvers look theirs up.

    `sample` tells several answers to one question apart; each is asked with `seed + sample`. `thinking` is None where
    nothing is asked of it: the model thinks as it does by itself. `max_tokens` bounds thoughts and answer together.
    """

    messages: tuple[Message, ...]
    max_tokens: int
    temperature: float = 0.0
    seed: int = 0
    task: Task | None = None
    strategy: str | None = None
    sample: int = 0
    thinking: Thinking | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """What came back. A failed call is data: `finish_reason` is "error" and `error` says why.

    `text` is the answer alone, `reasoning` the thought before it as far as that is shown. `tokens_out` are all that are
    paid as output, `reasoning_tokens` those of them that were thoughts, shown or not.
    """

    text: str
    finish_reason: Literal["stop", "length", "error"]
    tokens_in: int = 0
    tokens_out: int = 0
    error: str | None = None
    reasoning: str = field(default="", metadata=UNSAID)
    reasoning_tokens: int = field(default=0, metadata=UNSAID)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a grader says of an answer: the outcome, the answer it read, why (for people), where, and which grader; and
    by what kind of gold."""

    outcome: Outcome
    answer: str | None
    why: str
    where: Where | None = None
    grader: str = ""
    gold: Gold = "given"

    @property
    def correct(self) -> bool:
        return self.outcome == "correct"

    @property
    def format_ok(self) -> bool:
        """Exactly one answer could be read, right or wrong (the papers' format-OK rate)."""
        return self.outcome in ("correct", "wrong")


@dataclass(frozen=True, slots=True)
class Trial:
    """One try of a task under a strategy, while profiling."""

    task: str
    family: str
    strategy: str
    completion: Completion
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class TrialSummary:
    """What the trials of one family under one strategy gave. `tokens` is the mean per answer, `projected` the accuracy
    to expect once the lessons still to come are learned, with its 95 % interval: (mean, low, high), each in [0, 1];
    None where no trend was measured."""

    trials: int
    correct: int
    tokens: float
    low: float
    high: float
    projected: tuple[float, float, float] | None = None

    @property
    def accuracy(self) -> float:
        return self.correct / self.trials if self.trials else 0.0


@dataclass(frozen=True, slots=True)
class Choice:
    """The strategy chosen for one family, why, and the evidence for each strategy tried."""

    chosen: str
    why: str
    strategies: Mapping[str, TrialSummary]
    status: Status = "decided"


@dataclass(frozen=True, slots=True)
class Profile:
    """Which strategy works for which family, measured. `subject` was tried: the student or the teacher. `curves` are
    the student's on the way: (lessons learned, right, tried) by family and strategy."""

    subject: str
    seed: int
    families: Mapping[str, Choice]
    curves: Mapping[str, Mapping[str, Sequence[tuple[float, int, int]]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PriorCall:
    """A teacher's answer before its last one: to which call, and the user's turn that followed it."""

    call: str
    completion: Completion
    follow_up: str


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A teacher's answer with the instruction that elicited it. Never trained on as it is.

    `messages` is what the first call asked, `completion` the answer to the last one, `earlier` all between the two.
    `system` is the task's own system message, which the first of the messages ends with. `sample` tells apart several
    answers to the task under the strategy.
    """

    task: str
    family: str
    strategy: str
    messages: tuple[Message, ...]
    completion: Completion
    verdict: Verdict | None = None
    earlier: tuple[PriorCall, ...] = ()
    sample: int = 0
    system: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the student learns from: the messages it will see, the task they came from, and by what kind of gold the
    answer was found right.

    Strategy and teacher prompt have no field here on purpose; only `core.erasing` makes lessons.
    """

    messages: tuple[Message, ...]
    task: str
    gold: Gold = field(default="given", metadata=UNSAID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One evaluated answer: which student gave it under which system message, and what its grader said.

    `before` is what stood before the prompt: the task's own system message and earlier turns. `tokens` are those
    answered. `read_by` is the grader that read it. Items of one `cluster` share something: a passage, a conversation.
    """

    student: str
    system: str
    task: str
    family: str
    prompt: str
    target: str
    grader: str
    response: str
    finish_reason: str
    tokens: int
    outcome: Outcome
    answer: str | None
    why: str
    where: Where | None
    read_by: str
    grader_options: Mapping[str, Any] = field(default_factory=dict)
    cluster: str | None = None
    gold: Gold = "given"
    before: tuple[Message, ...] = ()
