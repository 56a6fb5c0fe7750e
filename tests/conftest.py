"""Settings of all tests."""

from hypothesis import settings

# A change is judged by the same examples wherever it is checked. New ones are looked for by hand:
# pytest --hypothesis-profile=default
settings.register_profile("fixed", derandomize=True)
settings.load_profile("fixed")
