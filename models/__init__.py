"""What we believe: a history of spend and results becomes response curves."""

from models.curve import Curves, FitDiagnostics, ResponseCurve
from models.history import History
from models.period import Period

__all__ = ["Curves", "FitDiagnostics", "History", "Period", "ResponseCurve"]
