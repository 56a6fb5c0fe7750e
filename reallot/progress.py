"""What is being done just now, on stderr."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

# Lines that tell of progress where nothing can move; none for a few pieces.
_LINES, _FEW = 5, 20


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


@contextmanager
def counting(what: str, total: int) -> Iterator[Callable[[], None]]:
    """Say what is being done and how much of it is: the value is called once for each piece."""
    console = Console(stderr=True, highlight=False, markup=False)
    if console.is_terminal:
        columns = (TextColumn("{task.description}", markup=False), BarColumn())
        with Progress(
            *columns, MofNCompleteColumn(), TimeRemainingColumn(), console=console
        ) as bar:
            task = bar.add_task(what, total=total)
            yield lambda: bar.advance(task)
    else:
        console.print(f"{what} …", soft_wrap=True)
        done = 0

        def advance() -> None:
            nonlocal done
            done += 1
            if total > _FEW and done * _LINES // total > (done - 1) * _LINES // total:
                console.print(f"{what}: {done:,} of {total:,}", soft_wrap=True)

        yield advance
