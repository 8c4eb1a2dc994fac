"""Where tasks come from: one file each, `load(**options) -> Iterator[Row]`."""
