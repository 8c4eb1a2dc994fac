"""The command line as a program: its errors in one line each, its exit codes and its streams."""

import codecs
import errno
import io
import json
import signal
import sys
from types import FrameType

import click

from orca2.checkpoints.quiet import quiet_process
from orca2.commands import program
from orca2.commands.program import usage_line
from orca2.errors import Faults, Orca2Error
from orca2.stopping import Terminated

# what a file system says no with; the error names the path
REFUSALS = (
    errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ELOOP,
    errno.ENAMETOOLONG,
)  # fmt: skip


def main() -> None:
    """Run the command line; an error of the user's is one line and exit code 2, Ctrl-C is exit code 130, and
    SIGTERM 143 where it has waited for something to be ended well."""
    _let_any_text_through()
    quiet_process()
    pressed = False

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = True
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    try:
        code = program.main(prog_name="orca2", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        sys.exit(2)
    except BaseException as error:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second one would tear the message
        finished = isinstance(error, SystemExit) and not error.code
        # a library may have made any error of Ctrl-C, above all in the midst of an import
        if isinstance(error, Terminated) or (pressed and not finished):
            behind = "\n" if pressed and sys.stderr.isatty() else ""  # the ^C that a terminal shows
            print(f"{behind}orca2: stopped; the same command goes on from here", file=sys.stderr)
            sys.exit(error.code if isinstance(error, Terminated) else 130)
        if isinstance(error, Orca2Error):
            _fail(*(str(error).splitlines() if isinstance(error, Faults) else [str(error)]))
        if isinstance(error, click.ClickException):
            _fail(usage_line(error))
        if _disk_full(error):
            _fail("the disk is full; free some space, then the same command goes on from here")
        if isinstance(error, OSError) and error.errno in REFUSALS and error.filename is not None:
            _fail(
                f"{str(error.filename).removesuffix('.partial')}: {error.strerror}; give another path, or mend this one"
            )
        raise
    sys.exit(code)


def _let_any_text_through() -> None:
    """Text of models and data ends no command: a pipe carries UTF-8, whatever the locale; what a terminal cannot show,
    and what UTF-8 cannot hold, is escaped as in JSON."""
    codecs.register_error("as JSON", _as_json)
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "as JSON"), (sys.stderr, "as JSON")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors=errors)


def _as_json(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


def _fail(*lines: str) -> None:
    for line in lines:
        print(f"orca2: {' '.join(line.split())}", file=sys.stderr)
    sys.exit(2)


def _disk_full(error: BaseException | None) -> bool:
    """Whether an error, or what it came from, is a full disk; safetensors says so in words only."""
    while error is not None:
        if getattr(error, "errno", None) == errno.ENOSPC or "No space left on device" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False
