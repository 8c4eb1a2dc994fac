"""Uploading an export to the hub."""

from pathlib import Path

from orca2.errors import ModelError


def check_token() -> None:
    """Before hours of work go into something that cannot be sent."""
    from huggingface_hub import get_token

    if get_token() is None:
        raise ModelError("--push: no token of the hub is set; log in with `hf auth login`, or put one into HF_TOKEN")


def upload(folder: Path, repository: str) -> str:
    """Make the repository if it is not there, and add the folder's files to it; where they are then."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    api = HfApi()
    try:
        api.create_repo(repository, exist_ok=True)
        found = api.upload_folder(repo_id=repository, folder_path=folder, commit_message="Add an export of orca2")
    except (HfHubHTTPError, HFValidationError, OSError) as error:
        said = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
        raise ModelError(
            f"--push {repository}: the hub refused ({said}); the files are in {folder}: hf upload {repository} {folder}"
        ) from error
    return str(found.commit_url).partition("/commit/")[0]
