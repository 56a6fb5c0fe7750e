"""Settings of all tests."""

from hypothesis import settings

# A change is judged by the same examples wherever it is checked. New ones are looked for by hand:
# pytest --hypothesis-profile=default
# No deadline: how long an example takes is a matter of what else the machine does.
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.load_profile("fixed")
