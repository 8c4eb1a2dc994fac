"""OpenAI's batch format: a file of requests, one a line, and the lines of results that come back for them."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from orca2.endpoints import json_codec
from orca2.endpoints.complaint import Complaint, complaint

MOST_BYTES = 200 * 10**6  # of a file, as OpenAI documents it
SILENT = Complaint(0, "no answer and no reason")


class BatchReply(NamedTuple):
    """A line of results: the `reply` that a single request would have had, or nothing and `why`, in the server's words.

    `complaint` is the error that it holds, also one inside a reply of status 200.
    """

    name: str
    reply: bytes | None
    complaint: Complaint | None = None
    why: str = ""


def request_line(name: str, body: bytes) -> bytes:
    """One request under its name, the line break included."""
    head = f'{{"custom_id": "{name}", "method": "POST", "url": "/v1/chat/completions", "body": '
    return head.encode() + body + b"}\n"


def cut(lines: Iterable[bytes], rows: int, size: int) -> Iterator[list[bytes]]:
    """The lines in files of at most so many rows and bytes; a longer line has a file to itself."""
    file, held = list[bytes](), 0
    for line in lines:
        if file and (len(file) == rows or held + len(line) > size):
            yield file
            file, held = [], 0
        file.append(line)
        held += len(line)
    if file:
        yield file


def is_request(row: Any) -> bool:
    """Whether a line is one of requests, which may lie beside results."""
    return isinstance(row, dict) and "body" in row and not row.keys() & {"response", "error"}


def read_result(row: Any) -> BatchReply:
    """Read a line of results, as OpenAI, Azure, vLLM and others write them; ValueError if it names no request.

    Some give the completion itself as the response, or its body as text.
    """
    if not isinstance(row, dict) or not isinstance(name := row.get("custom_id"), str):
        raise ValueError("it has no custom_id")
    response = row.get("response") or {}
    if not isinstance(response, dict):
        return BatchReply(name, None, None, f"the line holds no answer: its response is a {type(response).__name__}")
    if "body" not in response and "choices" in response:
        response = {"status_code": 200, "body": response}
    status, body = response.get("status_code"), response.get("body")
    if status == 200:
        return BatchReply(name, body.encode() if isinstance(body, str) else json_codec.encode(body), complaint(body))
    said = complaint(body) or complaint({"error": _error(row)}) or SILENT
    error = _error(row) or _error(body)
    code = error.get("code") if isinstance(error, dict) else None
    return BatchReply(name, None, said, ": ".join(filter(None, [f"error {code or status or ''}".strip(), said.words])))


def _error(holder: Any) -> Any:
    """What a line or a body says of an error; vLLM puts the whole body of one into the line."""
    error = holder.get("error") if isinstance(holder, dict) else None
    inner = error.get("error") if isinstance(error, dict) else None
    return inner if isinstance(inner, dict) else error
