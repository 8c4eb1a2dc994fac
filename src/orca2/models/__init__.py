"""Whatever answers, behind one protocol: one file each, `load(**options) -> Model`."""
