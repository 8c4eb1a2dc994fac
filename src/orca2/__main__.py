"""`python -m orca2` is the `orca2` command."""

from orca2.cli import main

main()
