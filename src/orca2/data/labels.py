"""Names of classes in place of their numbers, as the features of a Hugging Face data set give them."""

import json
from collections.abc import Mapping
from typing import Any


def features(metadata: Mapping[bytes, bytes] | None) -> Any:
    """The features that `datasets` notes in the metadata of a Parquet file; none in a file of another program."""
    try:
        return json.loads((metadata or {})[b"huggingface"])["info"]["features"]
    except (KeyError, TypeError, ValueError):
        return {}


def named(value: Any, feature: Any) -> Any:
    """A value, or all that lies in it, with names for numbers of classes; -1 stands for a label that is missing."""
    if isinstance(feature, list):  # an older form of a list
        feature = {"feature": feature[0]} if feature else {}
    if not isinstance(feature, Mapping):
        return value
    if feature.get("_type") == "ClassLabel":
        names = feature.get("names") or []
        if value == -1:
            return None
        return names[value] if isinstance(value, int) and 0 <= value < len(names) else value
    inner = feature.get("feature")
    if inner is not None and isinstance(value, list):
        return [named(item, inner) for item in value]
    if isinstance(value, Mapping):
        if isinstance(inner, Mapping):  # a sequence of objects is kept as an object of lists
            return {key: [named(v, inner.get(key)) for v in item] if isinstance(item, list) else item
                    for key, item in value.items()}  # fmt: skip
        return {key: named(item, feature.get(key)) for key, item in value.items()}
    return value
