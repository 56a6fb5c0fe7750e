"""Pages: HTML files that carry everything they need and escape everything they are given."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from reallot import __version__
from reallot.report import figures


def render(template: str, page: Mapping[str, Any]) -> bytes:
    """A page from its template in UTF-8."""
    return _environment().get_template(template).render(page=page, version=__version__).encode()


def shade(share: float | None) -> str:
    """The class of a table's cell by how far it moves: up or down, in three steps."""
    if share is None or abs(share) < 0.005:
        return ""
    step = 1 if abs(share) < 0.05 else 2 if abs(share) < 0.15 else 3
    return f"{'u' if share > 0 else 'd'}{step}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("reallot.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    spoken = (
        figures.short,
        figures.short_signed,
        figures.full,
        figures.signed,
        figures.percent,
        figures.percent_signed,
        figures.rate,
        figures.gap,
        shade,
    )
    environment.filters |= {filter_.__name__: filter_ for filter_ in spoken}
    return environment
