from datetime import date, timedelta

import pytest

from models.curve import Curves, FitDiagnostics, ResponseCurve
from models.period import Period
from models.saturation import Form
from models.similar import assumed
from reallot.errors import InputError
from reallot.fitting import curves_of
from reallot.planning import plan_all
from reallot.project.project import Project
from reallot.similar import with_assumed
from tests.reallot.project.test_cells import BUDGET_BY_REGION, by_region
from tests.reallot.projects import BUDGET, CURVES, POLICY, findings, read, write_scenarios

NEW = BUDGET + "2027Q1,Podcast,0\n2027Q2,Podcast,0\n"
LIKE = '\n[[channel]]\nname = "Podcast"\nlike = ["Search", "TV"]\ncap = 500\n'


def hill(channel, top=20_000.0, **said):
    return ResponseCurve(channel, Form.HILL, top, 1500.0, 1.0, 0.0, Period.QUARTER, **said)


def project_with(tmp_path, like=LIKE, **files) -> Project:
    files = {"budget__csv": NEW, "curves__csv": CURVES, "history__csv": None} | files
    return read(tmp_path, reallot__toml=POLICY + like, **files)


def test_a_new_channel_brings_what_similar_ones_do(tmp_path):
    project = project_with(tmp_path)
    curves = curves_of(project)
    given = {curve.channel: curve for curve in project.given}
    both = (given["Search"], given["TV"])
    alone = with_assumed(project, Curves((hill("Search"), hill("TV"))))["Podcast"]
    assert alone == assumed("Podcast", [hill("Search"), hill("TV")])
    assert (alone.top, alone.half, alone.known) == (
        pytest.approx(20_000),
        pytest.approx(1500),
        True,
    )
    assert curves["Podcast"].diagnostics.source == "assumed"
    assert min(c.top for c in both) < curves["Podcast"].top < max(c.top for c in both)
    assert any(w.startswith("Podcast: ") and "Search, TV" in w for w in curves.warnings)
    assert project.warnings == ()


def test_a_new_channel_without_money_today_gets_up_to_its_cap(tmp_path):
    project = project_with(tmp_path)
    (written,) = plan_all(project, curves_of(project), ["base"], 60)
    rows = [row for row in written.plan.rows if row.channel == "Podcast"]
    assert [row.current for row in rows] == [0, 0]
    assert all(0 < row.recommended <= 500 for row in rows)
    assert any("assumed to be like that of Search, TV" in w for w in written.plan.warnings)


def test_a_history_that_shows_something_goes_before_likeness(tmp_path):
    project = project_with(tmp_path)
    own = hill("Podcast", top=5.0)
    curves = with_assumed(project, Curves((hill("Search"), hill("TV"), own)))
    assert curves["Podcast"] == own
    assert curves.warnings == ("Podcast: like is not used, as it has a curve of its own.",)


def test_a_history_that_shows_nothing_is_not_used(tmp_path):
    project = project_with(tmp_path)
    notes = FitDiagnostics("attributed", notes=("spend hardly varied",))
    own = hill("Podcast", top=0.0, known=False, diagnostics=notes)
    fitted = Curves((own, hill("Search"), hill("TV")), ("Podcast: spend hardly varied", "Else"))
    curves = with_assumed(project, fitted)
    assert [curve.channel for curve in curves.curves] == ["Podcast", "Search", "TV"]
    assert curves["Podcast"].diagnostics.source == "assumed"
    assert curves.warnings[:2] == (
        "Else",
        "Podcast: its own history does not show what it brings, and is not used.",
    )


def test_a_channel_is_not_like_one_of_which_nothing_is_known(tmp_path):
    project = project_with(tmp_path)
    unknown = hill("TV", top=0.0, known=False)
    curves = with_assumed(project, Curves((hill("Search"), unknown)))
    assert curves["Podcast"] == assumed("Podcast", [hill("Search")])
    assert "Podcast cannot be like TV: what they bring is not known." in curves.warnings
    nothing = with_assumed(project, Curves((hill("Search", top=0.0), unknown)))
    assert "Podcast" not in nothing


def test_curves_without_a_mean_are_refused(tmp_path):
    project = project_with(tmp_path)
    power = ResponseCurve("TV", Form.POWER, 10.0, 5.0, 0.5, 0.0, Period.QUARTER)
    with pytest.raises(InputError, match="cannot be like both 'Search'"):
        with_assumed(project, Curves((hill("Search"), power)))


@pytest.mark.parametrize(
    ("like", "found", "expected"),
    [
        ('"Serch"', "'Serch' has neither history nor curve", "Did you mean 'Search'?"),
        ('"Podcast"', "'Podcast' is like itself", "Name other channels."),
        ('["Search", "Events"]', "'Events' has neither history nor curve", "Name channels"),
    ],
)
def test_a_channel_is_like_channels_with_a_curve_of_their_own(tmp_path, like, found, expected):
    budget = NEW + "2027Q1,Events,0\n2027Q2,Events,0\n"
    policy = POLICY + f'\n[[channel]]\nname = "Podcast"\nlike = {like}\n'
    policy += '\n[[channel]]\nname = "Events"\nlike = "Podcast"\n'
    problems = findings(tmp_path, reallot__toml=policy, budget__csv=budget)
    assert found in problems[0].found
    assert expected in problems[0].expected
    assert problems[0].column == "channel[1].like"
    assert "'Podcast' has neither history nor curve to be like" in problems[1].found


def test_a_reserve_is_like_nothing(tmp_path):
    policy = (
        POLICY + LIKE + '[strategic_reserve]\nchannel = "Podcast"\nshare = [0, 1]\nowner = "c"\n'
    )
    problems = findings(tmp_path, reallot__toml=policy, budget__csv=NEW)
    assert [p.found for p in problems] == ["'Podcast' holds a reserve, which brings nothing"]


def test_a_likeness_has_the_rhythm_of_what_it_is_like(tmp_path):
    policy = POLICY + LIKE + "pacing = [0.5, 0.5]\n"
    problems = findings(tmp_path, reallot__toml=policy, budget__csv=NEW)
    assert [p.expected for p in problems] == ["Write 13: its curve goes by the week."]


def test_scenarios_share_what_a_channel_is_like(tmp_path):
    write_scenarios(tmp_path, flat='[[channel]]\nname = "Podcast"\nlike = "TV"\n')
    problems = findings(tmp_path, reallot__toml=POLICY + LIKE, budget__csv=NEW)
    assert [(p.file, p.row, p.expected) for p in problems] == [
        ("scenarios/flat.toml", 3, "Write it in reallot.toml.")
    ]


def test_a_new_region_is_like_all_cells_of_a_channel(tmp_path):
    days = [date(2026, 1, 5) + timedelta(7 * i) for i in range(60)]
    budget = BUDGET_BY_REGION + "2027Q1,Podcast,North,0\n2027Q2,Podcast,North,0\n"
    like = '\n[[channel]]\nname = "Podcast"\nlike = "Search"\n'
    project = project_with(
        tmp_path, like, history__csv=by_region(days), budget__csv=budget, curves__csv=None
    )
    cells = [hill("Search / North"), hill("Search / South"), hill("TV")]
    curve = with_assumed(project, Curves(tuple(cells)))["Podcast / North"]
    assert curve == assumed("Podcast / North", cells[:2])


def test_curves_are_fitted_again_when_a_likeness_changes(tmp_path):
    before = project_with(tmp_path).inputs_of_curves()
    after = project_with(tmp_path, LIKE.replace(', "TV"', "")).inputs_of_curves()
    assert before != after
