import pytest
from rich.cells import cell_len

from reallot.report.terminal import say, show
from tests.reallot.report.plans import HOSTILE, ORDINARY, bent_plan, plan_of, unsure_plan


def _shown(capsys: pytest.CaptureFixture[str], names: tuple[str, ...]) -> str:
    show(plan_of(names))
    return capsys.readouterr().out


@pytest.mark.parametrize("names", [ORDINARY, HOSTILE])
def test_a_plan_fits_into_80_columns_without_colour_where_there_is_no_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    shown = _shown(capsys, names)
    assert "\x1b" not in shown
    assert max(map(cell_len, shown.splitlines())) <= 80


def test_chinese_names_leave_the_figures_in_line(capsys: pytest.CaptureFixture[str]) -> None:
    shown = _shown(capsys, ("抖音直播", "TV", "小红书 🎬", "Radio"))
    rows = [line for line in shown.splitlines() if line.rstrip().endswith(("k", "0", "5", "9"))]
    table = [line.rstrip() for line in shown.splitlines() if "抖音" in line or " TV " in line]
    assert rows
    assert len({cell_len(line) for line in table if "," in line}) == 1


def test_a_name_cannot_move_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    shown = _shown(capsys, ("\x1b[2JSearch", "TV\nRadio", "Print", "Events"))
    assert "\x1b" not in shown
    assert "TV Radio" in shown


def test_markup_in_a_name_is_only_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert "[bold]TV[/bold]" in _shown(capsys, ("[bold]TV[/bold]", "Search", "Print", "Events"))


def test_the_table_ends_with_the_proof_and_the_warnings(
    capsys: pytest.CaptureFixture[str],
) -> None:
    shown = _shown(capsys, ORDINARY)
    assert "No plan within these rules" in shown
    assert "Note: Radio is held" in shown


def test_what_gave_way_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    show(bent_plan())
    assert "Elasticity (TV) gave way" in " ".join(capsys.readouterr().out.split())


def test_how_sure_the_gain_is_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    show(unsure_plan())
    assert "of 100 worlds that fit the history" in " ".join(capsys.readouterr().out.split())


def test_no_line_breaks_between_a_figure_and_its_unit(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for width in range(40, 60):
        monkeypatch.setenv("COLUMNS", str(width))
        say(["It moves 12.3\u00a0% of 4.56\u00a0M\u00a0CNY, keep_value included, and 7\u00a0%."])
        lines = capsys.readouterr().out.splitlines()
        assert "keep_value" in " ".join(lines)
        assert all("12.3\u00a0%" in line for line in lines if "12.3" in line)
        assert all("4.56\u00a0M\u00a0CNY" in line for line in lines if "4.56" in line)
        assert max(map(len, lines)) <= width
