"""Settings of all tests."""

import os

from hypothesis import settings

# A change is judged by the same examples wherever it is checked; new ones are looked for by hand.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
