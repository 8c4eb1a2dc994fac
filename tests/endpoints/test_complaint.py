"""Which errors say that a system message is not taken, and which key of a request is refused."""

import json
from typing import Any

import pytest

from orca2.endpoints.complaint import Complaint, of_status, refuses_key, refuses_system

ECHO = {"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "q"}]}
REFUSED = [
    (400, {"object": "error", "message": "System role not supported", "type": "BadRequestError", "code": 400}),
    (400, {"error": {"message": "role 'system' is not supported with this model", "code": 400}}),
    (400, {"error": {
        "message": "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
        "type": "invalid_request_error", "param": "messages[0].role", "code": "unsupported_value"}}),
    (400, {"error": {"message": "Conversation roles must alternate user/assistant/user/assistant/..."}}),
    (400, {"error": {"message": "Only user and assistant roles are supported!"}}),
    (400, [{"error": {"code": 400, "message": "Developer instruction is not enabled for models/gemma-3-27b-it"}}]),
    (400, {"error": {"message": "This model does not support system messages."}}),
    (400, {"error": {"message": "Invalid role: system"}}),
    (422, {"error": "Template error: invalid operation: System role not supported", "error_type": "template_error"}),
    (422, {"detail": [{"type": "literal_error", "loc": ["body", "messages", 0, "role"], "input": "system",
                       "msg": "Input should be 'user' or 'assistant'"}]}),
    (500, {"error": {"code": 500, "message": "Jinja Exception: System role not supported", "type": "server_error"}}),
]  # fmt: skip
ELSE = [
    (400, {"error": {"message": "This model's maximum context length is 4096 tokens; reduce the length of messages."}}),
    (400, {"error": {"message": "Your prompt was flagged by our safety system and is not allowed."}}),
    (400, {"error": {"message": "The system prompt must be shorter than 100 characters"}}),
    (400, {"error": {"message": "After the optional system message, conversation roles must alternate"}}),
    (422, {"detail": [{"type": "missing", "loc": ["body", "top_k"], "msg": "Field required", "input": ECHO}]}),
    (500, {"error": {"message": "Internal system error, not your fault"}}),
    (429, {"error": {"message": "system role not supported"}}),
    (401, {"error": {"message": "Incorrect API key provided"}}),
    (503, {"error": {"message": "The system is overloaded"}}),
]


@pytest.mark.parametrize(("status", "body"), REFUSED)
def test_no_system_message(status: int, body: Any) -> None:
    assert refuses_system(of_status(status, json.dumps(body).encode()))


@pytest.mark.parametrize(("status", "body"), ELSE)
def test_something_else(status: int, body: Any) -> None:
    assert not refuses_system(of_status(status, json.dumps(body).encode()))


def test_an_error_without_json_is_its_text() -> None:
    assert of_status(502, b"<h1>Bad gateway</h1>") == Complaint(502, "<h1>Bad gateway</h1>")
    assert refuses_system(of_status(400, b"System role not supported"))


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({"error": {"message": "m", "param": "temperature", "code": "unsupported_value"}}, "temperature"),
        ({"error": {"message": "m", "param": "seed", "code": "unsupported_parameter"}}, "seed"),
        ({"error": {"message": "m", "param": "temperature", "code": "decimal_above_max_value"}}, ""),
        ({"error": {"message": "m", "param": None, "code": None}}, ""),
        ({"error": {"message": "the seed is odd"}}, ""),
        ({"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "m", "input": 0}]}, "seed"),
        ({"object": "error", "message": {"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"]}]}}, "seed"),
        ({"object": "Error", "detail": [{"type": "missing", "loc": ["body", "seed"]}]}, ""),
        ({"object": "error", "message": {"detail": [7, {"type": "extra_forbidden", "loc": 7}]}}, ""),
    ],
)
def test_the_key_that_is_refused(body: Any, key: str) -> None:
    assert of_status(400, json.dumps(body).encode()).key == key


@pytest.mark.parametrize(
    ("status", "error", "refused"),
    [
        (400, {"message": "Unrecognized request argument supplied: reasoning_effort"}, True),
        (400, {"message": "Unsupported parameter: 'reasoning_effort' is not supported with this model.",
               "param": "reasoning_effort", "code": "unsupported_parameter"}, True),
        (400, {"message": "Unknown parameter: 'reasoning_effort.x'", "param": "reasoning_effort.x",
               "code": "unknown_parameter"}, True),
        (422, {"message": "reasoning_effort: Extra inputs are not permitted"}, True),
        (400, {"message": "Unsupported value: 'reasoning_effort' does not support 'minimal' with this model.",
               "param": "reasoning_effort", "code": "unsupported_value"}, False),
        (400, {"message": "Unsupported parameter: 'temperature' is not supported", "param": "temperature",
               "code": "unsupported_parameter"}, False),
        (400, {"message": "Unrecognized request argument supplied: seed"}, False),
        (400, {"message": "reasoning_effort must be one of low, medium, high"}, False),
        (401, {"message": "Unrecognized request argument supplied: reasoning_effort"}, False),
        (500, {"message": "Unsupported parameter: reasoning_effort"}, False),
    ],
)  # fmt: skip
def test_a_key_that_is_not_taken_whatever_its_value(status: int, error: dict[str, Any], refused: bool) -> None:
    said = of_status(status, json.dumps({"error": error}).encode())
    assert refuses_key(said, "reasoning_effort") == refused
