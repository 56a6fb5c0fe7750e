"""Files of results: written whole or not at all, and read back where they still can be."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from reallot.errors import Finding, InputError


def write_whole(folder: Path, files: Mapping[str, bytes], gone: Collection[str] = ()) -> None:
    """Write these files into a folder, made where it is missing; those named ``gone`` are deleted.

    All are written beside their places before the first one takes its place, so a full disk or a
    folder that cannot be written leaves what was there as it was. InputError in that case.
    """
    waiting = {name: folder / f".{name}.part" for name in files}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            waiting[name].write_bytes(content)
        for name, part in waiting.items():
            os.replace(part, folder / name)
        for name in gone:
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise InputError([_finding(folder, error)]) from error
    finally:
        for part in waiting.values():
            _discard(part)


def document_in(path: Path) -> dict[str, Any]:
    """The JSON document in a file; an empty one where there is none that can be read."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}


def _discard(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError:  # the folder is none, or is gone: nothing is left behind in it
        return


def _finding(folder: Path, error: OSError) -> Finding:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        expected = "Make room on the disk and run it again; nothing was changed."
    else:
        expected = "Close the file where it is open, or allow writing there, and run it again."
    reason = error.strerror or str(error)
    return Finding(str(error.filename or folder), None, None, f"cannot write: {reason}", expected)
