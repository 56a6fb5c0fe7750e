"""What people touch: commands, project files, reports."""

__version__ = "0.5.0"
