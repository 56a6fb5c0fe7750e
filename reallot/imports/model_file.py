"""A model's file: which tool made it, and what it says."""

from __future__ import annotations

from pathlib import Path

from reallot.imports import meridian, pymc_marketing, robyn
from reallot.imports.imported import Imported, refused
from reallot.imports.netcdf import opened
from reallot.project.tables import SUFFIXES

_JSON, _NETCDF = ".json", (".nc", ".nc4", ".netcdf")


def read_model(path: Path) -> Imported:
    """The curves of a model that another tool saved.

    InputError where the file is none of a tool we know, its kind of model has no counterpart, or
    not one of its channels has.
    """
    if not path.is_file():
        raise refused(path, "there is no such file", "Name the file that the tool saved.")
    imported = robyn.read(path) if path.suffix == _JSON else _read_netcdf(path)
    if not imported.curves:
        reasons = "; ".join(f"{channel}: {why}" for channel, why in imported.left_out.items())
        expected = "Write what you know of the channels into curves.csv, or fit them here."
        raise refused(path, f"none of its channels can be taken ({reasons})", expected)
    return imported


def _read_netcdf(path: Path) -> Imported:
    if path.suffix in SUFFIXES:
        expected = "A table of curves needs no import: call it curves.csv, in the project's folder."
        raise refused(path, "it is a table", expected)
    if path.suffix not in _NETCDF:
        expected = "Name a .nc of PyMC-Marketing or Meridian, or a .json of Robyn."
        raise refused(path, f"it ends in {path.suffix or 'nothing'}", expected)
    with opened(path) as file:
        if pymc_marketing.is_one(file):
            return pymc_marketing.read(file)
        if meridian.is_one(file):
            return meridian.read(file)
    expected = "Save the model with PyMC-Marketing's mmm.save, or Meridian's response curves."
    raise refused(path, "it is neither a model of PyMC-Marketing nor curves of Meridian", expected)
