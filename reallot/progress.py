"""What is being done just now, on stderr."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console


@contextmanager
def doing(what: str) -> Iterator[None]:
    """Say what is being done for as long as it takes: moving on a terminal, a line elsewhere."""
    console = Console(stderr=True, highlight=False, markup=False)
    if console.is_terminal:
        with console.status(f"{what} …"):
            yield
    else:
        console.print(f"{what} …", soft_wrap=True)
        yield
