"""The project folder: its files read, understood and checked."""

from reallot.project.project import BASE, Project
from reallot.project.reading import read_project

__all__ = ["BASE", "Project", "read_project"]
