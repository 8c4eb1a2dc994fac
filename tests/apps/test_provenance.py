"""What is published names no folder of this machine, and says whose answers were learned from."""

from typing import Any

from orca2.apps.provenance import UNKNOWN, provenance, shown


def record(teacher: dict[str, Any], **options: Any) -> dict[str, Any]:
    return {
        "seed": 3,
        "orca2": "0.1.0",
        "recipe": {"teacher": teacher, "tasks": {"source": "jsonl", "options": options}},
    }


def test_folders_are_left_out() -> None:
    made = provenance(record({"model": "solver"}, path=["/home/me/secret/chats.jsonl"], family="support"))
    assert made["options"] == 'path ["chats.jsonl"], family support' and made["seed"] == 3
    assert shown("/home/me/students/orca") == "orca" and shown("microsoft/Orca-2-7b") == "microsoft/Orca-2-7b"


def test_whose_answers_they_are() -> None:
    endpoint = provenance(record({"model": "openai", "options": {"model": "gpt-4o"}}))
    assert endpoint["teacher"] == "gpt-4o (openai)" and "the terms of whoever runs it" in endpoint["teacher_licence"]
    gone = provenance(record({"model": "transformers", "options": {"model": "/no/such/folder"}}))
    assert gone["teacher"] == "folder (transformers)" and gone["teacher_licence"] == UNKNOWN
