"""Tasks from the Hugging Face hub, or anything else that `datasets.load_dataset` loads."""

from collections.abc import Iterator, Mapping

from orca2.errors import DataError, RowError, missing_extra
from orca2.files import located
from orca2.sources._fields import check_fields, to_row
from orca2.sources._labels import named
from orca2.sources._protocol import BadRow, Row, refuse
from orca2.sources._values import plain

ENDLESS = False


def load(
    path: str,
    name: str | None = None,
    split: str = "train",
    revision: str | None = None,
    fields: Mapping[str, str] | None = None,
    family: str | None = None,
    bad_row: BadRow = refuse,
) -> Iterator[Row]:
    """Rows of one split of a data set; `fields` and `bad_row` as in the `jsonl` source."""
    try:
        import datasets
    except ImportError:
        raise missing_extra("datasets", "hub") from None
    fields = fields or {}
    check_fields(fields)
    try:
        place = str(located(path)) if path.startswith("~") else path
        rows = datasets.load_dataset(place, name, split=split, revision=revision)
    except Exception as error:  # load_dataset raises a different type for each way to fail
        reason = str(error).splitlines()[0]
        raise DataError(f"tasks.options.path: cannot load {path!r}, split {split!r}: {reason}") from error
    features = rows.features.to_dict()
    for number, raw in enumerate(rows):
        where, own = f"{path}[{split}][{number}]", family or name or path.split("/")[-1]
        try:
            row = to_row(plain(named(raw, features)), fields, where, own)
        except RowError as error:
            bad_row(error)
        else:
            yield row
