"""The declaration: limits hold, overrides loosen two numbers and no rule, everything unknown is refused."""

import pytest

from pipelines.disclosure.spec import LIMITS, label, load_spec, spec_from_text
from pipelines.faults import InputFault
from tests.pipelines.release_world import SMALL_SPEC


def parsed(tmp_path, text):
    path = tmp_path / "spec.toml"
    path.write_text(text, encoding="utf-8")
    return load_spec(path)


def rules(tmp_path, text):
    with pytest.raises(InputFault) as caught:
        parsed(tmp_path, text)
    return " ".join(str(fault) for fault in caught.value.faults)


def override(parameter, value, *, name="A. Officer", reason="agreed with the expert", date="2026-01-31"):
    return (
        f'[[privacy_override]]\nparameter = "{parameter}"\nvalue = {value}\nname = "{name}"\n'
        f'reason = "{reason}"\ndate = "{date}"\n'
    )


def test_the_packaged_declaration_is_the_one_agreed():
    spec = load_spec()
    assert spec.parameters == LIMITS
    assert [item.name for item in spec.dimensions] == [
        "cohort", "site", "age_band", "gender", "primary_substance", "referral_source", "housing", "alliance_band",
        "self_efficacy_band",
    ]  # fmt: skip
    assert len(spec.outcomes) <= 8
    assert ("alliance_band", "self_efficacy_band") in spec.pairs
    assert "65+" in spec.dimension("age_band").categories
    assert "<18" not in spec.dimension("age_band").categories


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("threshold", 10), ("noise", 7), ("rounding", 4), ("printed_minimum", 10), ("variables", 4), ("outcomes", 9),
        ("rate_base", 30), ("low_precision", 50), ("mean_people", 20), ("curve_step", 5), ("curve_at_risk", 11),
        ("coaches", 2), ("coach_share", 0.9), ("block", 40),
    ],
)  # fmt: skip
def test_no_setting_goes_beyond_its_limit(tmp_path, name, value):
    assert f"sets {name}" in rules(tmp_path, SMALL_SPEC + f"\n[parameters]\n{name} = {value}\n")


@pytest.mark.parametrize(("name", "value"), [("threshold", 20), ("noise", 12), ("coach_share", 0.5), ("block", 100)])
def test_every_setting_may_be_tightened(tmp_path, name, value):
    extra = "printed_minimum = 20\n" if name == "threshold" else ""
    spec = parsed(tmp_path, SMALL_SPEC + f"\n[parameters]\n{name} = {value}\n{extra}")
    assert getattr(spec.parameters, name) == value


def test_a_complete_override_loosens_the_noise_within_its_bound(tmp_path):
    assert parsed(tmp_path, SMALL_SPEC + override("noise", 6)).parameters.noise == 6
    assert "sets noise" in rules(tmp_path, SMALL_SPEC + override("noise", 4))


@pytest.mark.parametrize("parameter", ["threshold", "rate_base", "coaches", "block", "printed_minimum"])
def test_nothing_else_can_be_overridden(tmp_path, parameter):
    assert "cannot stand" in rules(tmp_path, SMALL_SPEC + override(parameter, 5))


def test_an_override_without_name_reason_or_date_does_not_stand(tmp_path):
    for missing in ({"name": " "}, {"reason": ""}, {"date": ""}):
        assert "cannot stand" in rules(tmp_path, SMALL_SPEC + override("noise", 6, **missing))
    assert "missing or unknown field" in rules(
        tmp_path, SMALL_SPEC + '[[privacy_override]]\nparameter = "noise"\nvalue = 6\n'
    )


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('name = "gender"', 'name = "zip"', "undeclared|unknown dimensions"),
        ('"woman", "man"', '"woman", "woman"', "closed list"),
        ('"woman", "man"', '"wo;man", "man"', "one of"),
        ('kind = "left_early"\nday = 90', 'kind = "score"\nday = 90', "unknown kind"),
        ("day = 90", "day = 7", "unknown kind or day"),
        ('name = "left_early_90"', 'name = "people"', "two measures"),
        ("grid = [30, 60", "grid = [60, 30", "rising grid"),
        ("low = 0\nhigh = 60", "low = 0", "public bounds"),
        ('["cohort", "site"]]', '["site", "cohort"]]', "outcome pair"),
        ('["cohort", "site"]]', '["cohort", "zip"]]', "outcome pair"),
        ("format = 1", "format = 2", "format"),
        ("format = 1", "format = 1\noff = true", "unknown part"),
        ("format = 1", "format = ", "TOML"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(tmp_path, old, new, rule):
    assert old in SMALL_SPEC
    said = rules(tmp_path, SMALL_SPEC.replace(old, new, 1))
    assert any(part in said for part in rule.split("|"))


def test_more_outcomes_than_eight_are_refused(tmp_path):
    more = "".join(f'[[outcome]]\nname = "o{i}"\nkind = "left_early"\nday = {40 + i}\n' for i in range(7))
    assert "more than 8 outcomes" in rules(tmp_path, SMALL_SPEC + more)


def test_the_declaration_travels_in_the_release_unchanged(tmp_path):
    spec = parsed(tmp_path, SMALL_SPEC + override("noise", 6))
    assert spec_from_text(spec.text()) == parsed(tmp_path, SMALL_SPEC + override("noise", 6)).__class__(
        **{**{name: getattr(spec, name) for name in spec.__slots__}, "periods": {}}
    )


def test_a_label_names_its_dimensions_in_fixed_order():
    assert label({"gender": "woman", "cohort": "2024-H1"}) == label({"cohort": "2024-H1", "gender": "woman"})
    assert label({"cohort": "2024-H1", "gender": "woman"}) == "cohort=2024-H1;gender=woman"
