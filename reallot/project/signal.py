"""The signal of a scenario: what shows that it has arrived."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from reallot.project.policy.types import Section


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError('what shows that it has arrived, such as "orders fall", or delete it')
    return text


Words = Annotated[str, AfterValidator(_not_blank)]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class Signal(Section):
    """``signal`` of a scenario file: words, a gap of sales against forecast, or an outside index.

    ``gap`` is the share by which actual sales differ from forecast (-0.08 is 8 % below or more),
    ``index`` a column of actuals.csv or of outcome.csv that goes ``above`` or ``below`` a value;
    either for so many ``months`` in a row. ``text`` says it in a planner's own words.
    """

    text: Words | None = None
    gap: Annotated[float, Field(ge=-1, le=10, allow_inf_nan=False)] | None = None
    index: Words | None = None
    above: Finite | None = None
    below: Finite | None = None
    months: Annotated[int, Field(ge=1, le=36)] = 1

    @model_validator(mode="after")
    def _shows_something(self) -> Self:
        limits = (self.above is not None) + (self.below is not None)
        if self.gap is not None and self.index is not None:
            raise ValueError("gap or index, not both")
        if self.gap == 0:
            raise ValueError("gap = -0.08 for 8 % below forecast, 0.05 for 5 % above")
        if limits != (self.index is not None):
            raise ValueError('index = "…" with one of above and below')
        if self.text is None and self.gap is None and self.index is None:
            raise ValueError('gap = -0.08, index = "…" with above or below, or text = "…"')
        return self

    @property
    def words(self) -> str:
        """What shows that the scenario has arrived."""
        if self.text is not None:
            return self.text
        lasting = "" if self.months == 1 else f" for {self.months} months in a row"
        if self.gap is not None:
            side = "below" if self.gap < 0 else "above"
            return f"sales {100 * abs(self.gap):g} % or more {side} forecast{lasting}"
        side, limit = ("above", self.above) if self.below is None else ("below", self.below)
        return f"{self.index} {side} {limit:g}{lasting}"


def as_table(value: Any) -> Any:
    """Words alone as the table they stand for; anything else as it is."""
    return {"text": _not_blank(value)} if isinstance(value, str) else value


Signals = Annotated[Signal, BeforeValidator(as_table)]
