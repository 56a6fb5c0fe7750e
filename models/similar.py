r"""Curves that are assumed: what a channel without history may bring, judged by similar ones.

Every parameter is the geometric mean of the similar channels' (carry-over the plain mean), the half
measured as money kept up per period, half * (1 - carryover). So the new channel returns on its
money what they return where they are as saturated, and its market is as large as theirs are.

How far a channel may differ from others like it, as standard deviations of logarithms, is a
judgement and no measurement; the mean of n similar channels adds 1/n of that variance:

    top 0.5      half 0.5      slope 0.3      carryover 0.15 (not of the logarithm)

The mean of such draws is more than their middle, by a third and more: doubt would be worth money.
So the tops of all draws are scaled alike, and at the spend that brings half of the top (of other
forms: at the half) they bring on average what the assumed curve does.
"""

from collections.abc import Sequence
from zlib import crc32

import numpy as np

from models.carryover import steady_state
from models.curve import MEMBERS, FitDiagnostics, Member, ResponseCurve
from models.saturation import Floats, Form, response

_SPREAD = np.array([0.5, 0.5, 0.3, 0.15])
_MOST_CARRYOVER = 0.95


def assumed(channel: str, like: Sequence[ResponseCurve]) -> ResponseCurve:
    """The curve of a channel without history, from the known curves of similar channels.

    Raises ValueError where there is none, or where they differ in form or period, or one of them is
    not known or promises nothing: there is nothing to borrow then.
    """
    if not like:
        raise ValueError(f"{channel!r} needs at least one similar channel")
    first = like[0]
    for curve in like:
        if not curve.known or curve.top == 0:
            raise ValueError(
                f"what {curve.channel!r} brings is not known; {channel!r} cannot be like it"
            )
        if (curve.form, curve.period) != (first.form, first.period):
            raise ValueError(
                f"{channel!r} cannot be like both {first.channel!r} ({first.form}, by the "
                f"{first.period}) and {curve.channel!r} ({curve.form}, by the {curve.period})"
            )
    middle = np.mean([_point(curve) for curve in like], axis=0)
    names = ", ".join(curve.channel for curve in like)
    note = (
        f"nothing was ever seen of it: its curve is assumed to be like that of {names}. "
        "Start small, and replace it by what you see."
    )
    return ResponseCurve(
        channel,
        first.form,
        *_member(middle),
        first.period,
        diagnostics=FitDiagnostics(source="assumed", flags=("assumed",), notes=(note,)),
        members=_members(channel, first.form, middle, len(like)),
    )


def _members(channel: str, form: Form, middle: Floats, similar: int) -> tuple[Member, ...]:
    random = np.random.default_rng(crc32(channel.encode()))
    spread = _SPREAD * np.sqrt(1 + 1 / similar)
    points = middle + spread * random.normal(size=(MEMBERS, len(middle)))
    members = [_member(point) for point in points]
    kept_up = float(np.exp(middle[1]))
    excess = _brought(form, members, kept_up).mean() / _brought(form, [_member(middle)], kept_up)[0]
    return tuple(member._replace(top=float(member.top / excess)) for member in members)


def _brought(form: Form, members: Sequence[Member], kept_up: float) -> Floats:
    """(M,) what curves bring per period where so much money is kept up."""
    top, half, slope, carryover = np.array(members).T
    return response(form, steady_state(kept_up, carryover), top, half, slope)


def _point(curve: ResponseCurve) -> Floats:
    kept_up = curve.half * (1 - curve.carryover)
    return np.array([*np.log([curve.top, kept_up, curve.slope]), curve.carryover])


def _member(point: Floats) -> Member:
    top, kept_up, slope = np.exp(point[:3]).tolist()
    carryover = float(np.clip(point[3], 0.0, _MOST_CARRYOVER))
    return Member(top, kept_up / (1 - carryover), slope, carryover)
