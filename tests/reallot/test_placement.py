import importlib.util
from importlib.machinery import ModuleSpec

import pytest

from reallot import placement
from reallot.errors import InputError
from tests.reallot.projects import run


def test_our_packages_lie_side_by_side():
    placement.check_placement()


@pytest.fixture
def another_models(tmp_path, monkeypatch):
    """Some other distribution's package in the place of ours."""
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "__init__.py").write_text("")

    def find(name: str) -> ModuleSpec | None:
        if name != "models":
            return importlib.util.find_spec(name)
        spec = ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
        return spec

    monkeypatch.setattr(placement, "find_spec", find)
    return folder


def test_another_distributions_package_is_noticed(another_models):
    with pytest.raises(InputError) as caught:
        placement.check_placement()
    (finding,) = caught.value.findings
    assert str(another_models) in finding.found
    assert "environment of its own" in finding.expected


def test_a_package_that_is_gone_is_noticed(monkeypatch):
    monkeypatch.setattr(placement, "find_spec", lambda name: None)
    with pytest.raises(InputError, match="nowhere"):
        placement.check_placement()


@pytest.mark.usefixtures("another_models")
def test_no_command_runs_beside_another_distributions_package(tmp_path):
    result = run(["check", tmp_path])
    assert result.exit_code == 2
    assert "environment of its own" in result.stderr
