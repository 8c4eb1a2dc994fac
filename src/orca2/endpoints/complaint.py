"""Errors as servers put them into the body of a reply: in whose words, and which HTTP status they stand for."""

import json
import re
from typing import Any, NamedTuple

from orca2.endpoints import json_codec

SHOWN = 500  # characters of what a server says
OWN = 500  # a status for an error that names none: the server's own fault, which may pass
WORDS = ("message", "msg", "detail", "error_msg", "error")
CODES = ("code", "status", "status_code", "http_status_code", "error_code", "error_type", "type")
# what servers write in the place of a status, without the endings and the letters that they differ in
STATUSES = {
    400: "badrequest invalidrequest invalidargument invalidparameter invalidprompt unsupportedparameter"
    " unsupportedvalue contextlengthexceeded failedprecondition validation contentfilter contentpolicyviolation",
    401: "authentication unauthorized unauthenticated invalidapikey",
    402: "insufficientquota insufficientbalance insufficientcredits billinghardlimitreached",
    403: "permission permissiondenied forbidden",
    404: "notfound modelnotfound",
    408: "timeout requesttimeout deadlineexceeded",
    429: "ratelimit ratelimited ratelimitexceeded toomanyrequests resourceexhausted tokens requests throttling",
    503: "overloaded unavailable serviceunavailable serveroverloaded engineoverloaded",
}  # fmt: skip
NAMED = {name: status for status, names in STATUSES.items() for name in names.split()}
# how servers and chat templates say that they take no system message; a body that they repeat does not say so, nor
# does a template in which it is optional
TAKEN = re.compile(r"""\\?["']role\\?["']:\s*\\?["']system\\?["']|\boptional system\b.*""")
SYSTEM = re.compile(r"\bsystem\W{0,3}\s?(role|message|prompt|instruction)|\broles?\b\W+(\w+\W+){0,10}?system\b", re.I)
AGAINST = re.compile(r"\b(not|no|unsupported|unexpected|unknown|invalid|cannot|should be)\b|n't", re.I)
OTHER_ROLES = re.compile(r"\broles must alternate|only user and assistant roles|developer instruction is not", re.I)
UNTAKEN = ("unsupported_parameter", "unsupported_value", "unknown_parameter", "extra_forbidden")
UNKNOWN = re.compile(
    r"\b(unrecognized|unknown|unexpected|unsupported)\b[^.]{0,20}\b(arguments?|parameters?|fields?|keys?|names?)\b"
    r"|\bextra (inputs?|fields?)\b|\bnot support(ed)?\b",
    re.I,
)
NEVER_SYSTEM = (401, 402, 403, 404, 408, 409, 429)


class Complaint(NamedTuple):
    """`key` is the key of the request that the server does not take at all, where it names one."""

    status: int
    words: str
    key: str = ""


def complaint(reply: Any) -> Complaint | None:
    """The error that the body of a reply holds, at its top or in its choice; None for a reply that holds none."""
    if isinstance(reply, list) and reply and isinstance(reply[0], dict):
        reply = reply[0]
    if not isinstance(reply, dict):
        return None
    choices = reply.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    for holder in (reply, first):
        if not isinstance(holder, dict) or not (error := holder.get("error")):
            continue
        if isinstance(error, dict) and any(error.values()):
            return Complaint(_status(error), _words(error), _key(error))
        if isinstance(error, str) and error.strip():
            return Complaint(_status(holder), error.strip())
    if not choices and (str(reply.get("object")).casefold() == "error" or isinstance(reply.get("detail"), str | list)):
        return Complaint(_status(reply), _words(reply), _key(reply))
    return None


def of_status(status: int, raw: bytes) -> Complaint:
    """The error that comes with an HTTP status, from its body where that can be read."""
    try:
        said = complaint(json_codec.decode(raw))
    except (ValueError, RecursionError):
        said = None
    return said._replace(status=status) if said else Complaint(status, raw[:SHOWN].decode(errors="replace"))


def refuses_system(refused: Complaint) -> bool:
    """Whether an error says that a system message is not taken."""
    if not 400 <= refused.status < 600 or refused.status in NEVER_SYSTEM:
        return False
    said = TAKEN.sub("", refused.words)
    return bool(OTHER_ROLES.search(said) or (SYSTEM.search(said) and AGAINST.search(said)))


def refuses_key(refused: Complaint, key: str) -> bool:
    """Whether an error says that a key of the request is not taken, whatever its value."""
    if refused.status not in (400, 422) or refused.key.split(".")[0] not in ("", key):
        return False
    if "value" in refused.words:  # of which another would do
        return False
    if refused.key:
        return True
    named = re.search(rf"\b{re.escape(key)}\b", refused.words)
    return bool(named and UNKNOWN.search(refused.words))


def _key(error: dict[str, Any]) -> str:
    """As OpenAI names it, and as FastAPI does, which many servers are built on."""
    if isinstance(key := error.get("param"), str) and error.get("code") in UNTAKEN:
        return key
    details = error.get("detail", error.get("message"))
    details = details.get("detail") if isinstance(details, dict) else details
    for detail in details if isinstance(details, list) else []:
        place = detail.get("loc") if isinstance(detail, dict) and detail.get("type") in UNTAKEN else None
        if isinstance(place, list) and place and isinstance(place[-1], str):
            return place[-1]
    return ""


def _status(error: dict[str, Any]) -> int:
    for name in CODES:
        code = error.get(name)
        if isinstance(code, str) and code.isdecimal() and code.isascii():
            code = int(code)
        if isinstance(code, int) and 400 <= code < 600:
            return code
        if isinstance(code, str):
            letters = re.sub(r"[^a-z]|error$", "", code.casefold())
            if letters in NAMED:
                return NAMED[letters]
    return OWN


def _words(error: dict[str, Any]) -> str:
    """The server's own; of one that passes on another's, both."""
    said = next((error[name] for name in WORDS if isinstance(error.get(name), str) and error[name]), None)
    if said is None:
        return json.dumps(error, ensure_ascii=False)[:SHOWN]
    metadata = error.get("metadata")
    behind = metadata.get("raw") if isinstance(metadata, dict) else None
    return " ".join(f"{said} ({behind})".split() if isinstance(behind, str) and behind else said.split())[:SHOWN]
