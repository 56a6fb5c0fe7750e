"""Media: what is left of an amount once its fixed cost and the cost of its result are paid."""

from __future__ import annotations

import numpy as np

from optimizer.curve_table import Indices
from optimizer.pieces import Scale
from optimizer.program import Program
from optimizer.solve import Model, Rows


def media_columns(program: Program, model: Model, scale: Scale, promised: Indices) -> Indices:
    """(C * Q,) the column of every cell's media: the amount's own, where nothing is taken off.

    amount = media + fixed cost * active + rate * response, with ``promised`` (B,) the columns of
    the blocks' responses. Adds the columns and rows that this needs.
    """
    layout, switches = program.layout, program.switches.active_cells
    columns = np.arange(layout.spends)
    own = np.flatnonzero(program.response.kind == 0)
    cells = program.response.cell[own].tolist()
    response_of = dict(zip(cells, promised[own].tolist(), strict=True))
    for c, channel in enumerate(program.problem.channels):
        if channel.fixed_cost == 0 and channel.cost_of_result == 0:
            continue
        for q in range(len(program.past.quarters), layout.quarters):
            cell = layout.cell(c, q)
            columns[cell] = model.add_columns(np.zeros(1), np.zeros(1), np.full(1, np.inf))[0]
            entries = [(cell, -1.0), (int(columns[cell]), 1.0)]
            if channel.fixed_cost > 0:
                switch = int(program.column_of[switches[cell]])
                entries.append((switch, channel.fixed_cost / scale.money))
            if channel.cost_of_result > 0 and cell in response_of:
                rate = channel.cost_of_result * scale.value / scale.money
                entries.append((response_of[cell], rate))
            model.add_rows(
                Rows.from_entries(
                    np.zeros(1),
                    np.zeros(1),
                    np.zeros(len(entries), dtype=np.int64),
                    np.array([column for column, _ in entries]),
                    np.array([value for _, value in entries]),
                )
            )
    closed, media = program.past.media
    columns[closed] = model.add_columns(0 * media, media / scale.money, media / scale.money)
    return columns
