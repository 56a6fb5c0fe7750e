"""`python -m reallot`: the same as `reallot`, where scripts are not on the path."""

from reallot.cli import main

main(prog_name="reallot")
