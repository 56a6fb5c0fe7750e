"""NetCDF files, as models in Python are saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from models.saturation import Floats
from reallot.imports.imported import refused


class NetCdf:
    """An open netCDF file. Variables are named with their groups: ``posterior/alpha``."""

    def __init__(self, path: Path, file: Any) -> None:
        self.path, self._file = path, file

    @property
    def attrs(self) -> Mapping[str, str]:
        """The attributes of the file that are text."""
        attrs = ((name, _text(value)) for name, value in self._file.attrs.items())
        return {name: value for name, value in attrs if isinstance(value, str)}

    def __contains__(self, name: str) -> bool:
        return name in self._file

    def dims(self, name: str) -> tuple[str, ...]:
        """The names of a variable's dimensions; InputError where it is missing."""
        return tuple(self._variable(name).dimensions)

    def numbers(self, name: str) -> Floats:
        """A variable's values."""
        return np.asarray(self._variable(name)[...], dtype=float)

    def words(self, name: str) -> list[str]:
        """A variable of one dimension whose values are text."""
        return [str(_text(value)) for value in self._variable(name)[...].tolist()]

    def days(self, name: str) -> list[date]:
        """A variable of one dimension that holds dates: as text, or counted since a day."""
        variable = self._variable(name)
        try:
            if "units" not in variable.attrs:
                return [date.fromisoformat(word[:10]) for word in self.words(name)]
            unit, _, since = _text(variable.attrs["units"]).partition(" since ")
            start = datetime.fromisoformat(since)
            return [(start + timedelta(**{unit: int(n)})).date() for n in variable[...].tolist()]
        except (TypeError, ValueError) as error:
            found = f"{name} holds no dates that can be read"
            raise refused(self.path, found, "Save them as dates, or as 2026-01-05.") from error

    def _variable(self, name: str) -> Any:
        if name not in self._file:
            raise refused(
                self.path, f"it has no {name}", "Save the fitted model whole, by its own tool."
            )
        return self._file[name]


@contextmanager
def opened(path: Path) -> Iterator[NetCdf]:
    """A netCDF file, open for reading; InputError where it cannot be read."""
    try:
        import h5netcdf  # an extra: few planners bring a model
    except ImportError as error:
        found = "reading a netCDF file needs h5netcdf and h5py, which are not installed"
        raise refused(path, found, "Install them: pip install 'reallot[import]'") from error
    try:
        file = h5netcdf.File(path, "r")
    except Exception as error:  # h5py raises whatever the broken part raised
        raise refused(path, "it is not a readable netCDF file", "Save the model anew.") from error
    with file:
        yield NetCdf(path, file)


def _text(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value
