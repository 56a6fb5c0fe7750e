"""What README and docs tell people to type works: every command and every Python example is run.

A document is one session: its ```console and ```python blocks run in order, in one empty folder.
Console lines that begin with "$ " are typed; the lines below them are what is printed, shortened.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(console|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(#[^)]*)?\)")


def blocks(document: Path) -> Iterator[tuple[str, str]]:
    for match in BLOCK.finditer(document.read_text(encoding="utf-8")):
        language, text = match.groups()
        if language == "python":
            yield "python", text
        else:
            for line in text.splitlines():
                if line.startswith("$ "):
                    yield "console", line.removeprefix("$ ")


def run(language: str, text: str, folder: Path) -> None:
    beside = Path(sys.executable).parent
    environment = os.environ | {
        "PATH": f"{beside}{os.pathsep}{os.environ['PATH']}",
    }
    if language == "python":
        command = [sys.executable, "-W", "error", "-c", text]
    elif text.startswith("make "):
        # What make does is running this suite; here it only has to know the target.
        command, folder = [*text.split(), "--dry-run"], ROOT
    else:
        command = ["bash", "-euo", "pipefail", "-c", text]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{text}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"


@pytest.mark.long
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_what_a_document_tells_to_type_works(document: Path, tmp_path: Path) -> None:
    for language, text in blocks(document):
        run(language, text, tmp_path)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target, _ in LINK.findall(document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), f"{document.name} links to {target}"
