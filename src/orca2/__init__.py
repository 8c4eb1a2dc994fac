"""The method of Orca 1 and Orca 2 as software: teach a small language model to pick its own reasoning strategy."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orca2.apps.chat.conversation import load_chat
    from orca2.apps.chat.loading import load

__version__ = "0.1.0"
__all__ = ["__version__", "load", "load_chat"]


def __getattr__(name: str) -> Any:
    """`load` and `load_chat`, imported when they are asked for: they bring torch with them."""
    if name == "load":
        from orca2.apps.chat.loading import load

        return load
    if name == "load_chat":
        from orca2.apps.chat.conversation import load_chat

        return load_chat
    raise AttributeError(f"module 'orca2' has no attribute {name!r}")
