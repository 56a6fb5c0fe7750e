import errno
import os
from pathlib import Path

import pytest

from reallot.errors import InputError
from reallot.output import document_in, write_whole


def everything_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_files_appear_in_a_folder_that_is_made_for_them(tmp_path):
    folder = tmp_path / "out" / "growth"
    write_whole(folder, {"plan.csv": b"a", "plan.json": b"{}"})
    assert everything_in(folder) == {"plan.csv": b"a", "plan.json": b"{}"}


def test_files_replace_what_was_there_and_leave_the_rest(tmp_path):
    (tmp_path / "plan.csv").write_bytes(b"old")
    (tmp_path / "notes.txt").write_bytes(b"mine")
    write_whole(tmp_path, {"plan.csv": b"new"})
    assert everything_in(tmp_path) == {"plan.csv": b"new", "notes.txt": b"mine"}


def full_disk(self: Path, content: bytes) -> int:
    with open(self, "wb") as file:
        file.write(content[:1])
    if self.name.startswith(".plan.json"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self))
    return len(content)


def test_a_full_disk_leaves_everything_as_it_was(tmp_path, monkeypatch):
    (tmp_path / "plan.csv").write_bytes(b"old")
    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(InputError, match="Make room on the disk"):
        write_whole(tmp_path, {"plan.csv": b"new", "plan.json": b"{}"})
    monkeypatch.undo()
    assert everything_in(tmp_path) == {"plan.csv": b"old"}


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "out").write_bytes(b"a file, not a folder")
    with pytest.raises(InputError) as caught:
        write_whole(tmp_path / "out" / "growth", {"plan.csv": b"new"})
    (finding,) = caught.value.findings
    assert str(tmp_path / "out") in finding.file
    assert "cannot write" in finding.found


def test_a_folder_that_may_not_be_written_is_named(tmp_path, monkeypatch):
    def refused(self: Path, content: bytes) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))

    monkeypatch.setattr(Path, "write_bytes", refused)
    with pytest.raises(InputError, match="allow writing"):
        write_whole(tmp_path, {"plan.csv": b"new"})


def test_a_folder_in_the_place_of_a_file_is_named(tmp_path):
    (tmp_path / "plan.csv").mkdir()
    with pytest.raises(InputError, match="cannot write"):
        write_whole(tmp_path, {"plan.csv": b"new"})
    assert [path.name for path in tmp_path.iterdir()] == ["plan.csv"]


@pytest.mark.parametrize("content", [b"", b'{"rows": [', b"[1]", b"\xff\xfe"])
def test_what_is_no_document_counts_as_missing(tmp_path, content):
    path = tmp_path / "plan.json"
    assert document_in(path) == {}
    path.write_bytes(content)
    assert document_in(path) == {}
    path.write_bytes(b'{"rows": []}')
    assert document_in(path) == {"rows": []}
