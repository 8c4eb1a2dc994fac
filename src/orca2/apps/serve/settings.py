"""What `orca2 serve` is told: which models, where, and within which limits."""

from dataclasses import dataclass

from orca2.checkpoints.thought_form import ThinkingMode


@dataclass(frozen=True, slots=True)
class Models:
    """A model, and a second one to compare with; `name` and `system` are the first one's. `engine` is orca2 or vllm.

    `dtype` is auto, bf16, fp16 or fp32. `thinking` (auto, on, off) and `thinking_budget`, the tokens after which a
    thought is closed, are for requests that do not say.
    """

    model: str
    compare_model: str | None = None
    name: str | None = None
    system: str = ""
    device: str = "auto"
    dtype: str = "auto"
    engine: str = "orca2"
    thinking: ThinkingMode = "auto"
    thinking_budget: int | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen, the key that clients must send, if any, and the origins whose pages may call."""

    host: str
    port: int
    key: str
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """`rows` answers of a model at once and `waiting` more in all; bodies of `body` bytes. A client that neither sends
    nor reads for `idle_timeout` seconds is left; when told to stop, answers have `shutdown_timeout` seconds to end."""

    rows: int = 64
    waiting: int = 256
    body: int = 4 << 20
    idle_timeout: float = 60.0
    shutdown_timeout: float = 30.0
