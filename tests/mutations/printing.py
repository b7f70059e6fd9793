"""Rules of what is printed: threshold, noise, rounding, outcomes, coaches, curves, means."""

from __future__ import annotations

from tests.mutations.mutant import Mutation

GATE = "pipelines/disclosure"
NOISE, BUILD, CURVES, MEANS = (f"{GATE}/{name}.py" for name in ("noise", "build", "curves", "means"))
TRUTH, SPEC, PEOPLE = (f"{GATE}/{name}.py" for name in ("truth", "spec", "people"))
OF_NOISE = "tests/pipelines/test_disclosure_noise.py"
OF_BUILD = "tests/pipelines/test_disclosure_build.py"
OF_EDGES = "tests/pipelines/test_disclosure_edges.py"
OF_CEILING = "tests/pipelines/test_disclosure_ceiling.py"
OF_SPEC = "tests/pipelines/test_disclosure_spec.py"


def noise(*names: str) -> tuple[str, ...]:
    """Return tests of the printed form of a count."""
    return tuple(f"{OF_NOISE}::test_{name}" for name in names)


def build(*names: str) -> tuple[str, ...]:
    """Return tests of what is printed and what is not."""
    return tuple(f"{OF_BUILD}::test_{name}" for name in names)


def edges(*names: str) -> tuple[str, ...]:
    """Return tests of rules at their edges."""
    return tuple(f"{OF_EDGES}::test_{name}" for name in names)


PRINTING = (
    Mutation(
        "threshold",
        "counts of 0 to 10 are printed",
        (
            (NOISE, "    if count < parameters.threshold:\n        return None\n    step", "    step"),
            (NOISE, "    if count < parameters.threshold:\n        return None\n    return", "    return"),
        ),
        noise("zero_prints_like_ten"),
        quick=True,
    ),
    Mutation(
        "threshold",
        "ten people are enough",
        ((f"{GATE}/floors.py", "    count=11,", "    count=10,"),),
        noise("zero_prints_like_ten"),
    ),
    Mutation(
        "ceiling",
        "a count may be printed above what its hidden parts could be together",
        ((BUILD, "return None if count is None else min(count, ceiling)", "return count"),),
        (f"{OF_CEILING}::test_no_printed_count_of_a_release_is_above_its_hidden_parts",),
    ),
    Mutation(
        "ceiling",
        "hidden parts may be eleven each",
        ((f"{GATE}/ceiling.py", "most = (gate.threshold - 1) * possible", "most = (gate.threshold + 4) * possible"),),
        (f"{OF_CEILING}::test_a_range_is_at_most_ten_for_each_hidden_cohort_or_older_range",),
    ),
    Mutation(
        "limits of the settings",
        "a setting may be loosened",
        ((SPEC, "if (value > bound) if lower else (value < bound):", "if False:"),),
        (f"{OF_SPEC}::test_no_setting_goes_beyond_its_limit",),
        quick=True,
    ),
    Mutation(
        "limits of the settings",
        "an override may loosen the threshold",
        ((SPEC, '{"noise": 5, "variables": 4}', '{"noise": 5, "variables": 4, "threshold": 1}'),),
        (f"{OF_SPEC}::test_nothing_else_can_be_overridden",),
    ),
    Mutation(
        "limits of the settings",
        "an override needs no name, reason or date",
        ((SPEC, "    return all(str(text).strip() for text in", "    return True or all(str(text) for text in"),),
        (f"{OF_SPEC}::test_an_override_without_name_reason_or_date_does_not_stand",),
    ),
    Mutation(
        "limits of the settings",
        "any number of outcomes may be declared",
        ((SPEC, "if len(outcomes) > parameters.outcomes:", "if False:"),),
        (f"{OF_SPEC}::test_more_outcomes_than_eight_are_refused",),
    ),
    Mutation(
        "noise",
        "there is none",
        ((NOISE, "(count + noise + step // 2)", "(count + step // 2)"),),
        noise("there_is_no_bias_from_twenty_people_up", "nearly_all_errors_are_five_or_less"),
        quick=True,
    ),
    Mutation(
        "noise",
        "it is even instead of triangular",
        (
            (
                NOISE,
                "    total = (width + 1) ** 2\n",
                "    return (number * (2 * width + 1) >> 64) - width\n    total = 1\n",
            ),
        ),
        noise("the_noise_follows_the_triangular_law_exactly"),
    ),
    Mutation(
        "noise",
        "every count of a release gets the same",
        ((NOISE, "measure.encode(), label.encode(), size=8)", "size=8)"),),
        noise("a_draw_hangs_on_key_cohort_measure_and_label"),
    ),
    Mutation(
        "label key",
        "noise does not hang on the label",
        ((NOISE, "measure.encode(), label.encode(), size=8)", "measure.encode(), size=8)"),),
        noise("a_draw_hangs_on_key_cohort_measure_and_label"),
        quick=True,
    ),
    Mutation(
        "label key",
        "noise does not hang on the measure",
        ((NOISE, "measure.encode(), label.encode(), size=8)", "label.encode(), size=8)"),),
        noise("a_draw_hangs_on_key_cohort_measure_and_label"),
    ),
    Mutation(
        "label key",
        "measure and label run together",
        ((NOISE, 'len(part).to_bytes(8, "big") + part', "part"),),
        noise("a_draw_hangs_on_key_cohort_measure_and_label"),
    ),
    Mutation(
        "label key",
        "noise does not hang on the key",
        ((NOISE, "hashlib.blake2b(whole, key=key,", "hashlib.blake2b(whole,"),),
        noise("a_draw_hangs_on_key_cohort_measure_and_label"),
    ),
    Mutation(
        "fingerprint",
        "noise does not hang on the cohort's people",
        ((NOISE, 'keyed(key, b"cell", fingerprint,', 'keyed(key, b"cell",'),),
        noise("a_draw_hangs_on_key_cohort_measure_and_label"),
        quick=True,
    ),
    Mutation(
        "fingerprint",
        "the order of the rows matters",
        (
            (
                NOISE,
                "    added = parts",
                "    parts = parts * (1 + np.arange(len(parts), dtype=np.uint64)[:, None])\n    added = parts",
            ),
        ),
        noise("the_fingerprint_ignores_order_and_notices_any_change"),
    ),
    Mutation(
        "fingerprint",
        "rows are told apart by their number alone",
        ((NOISE, ", added.tobytes(), mixed.tobytes())", ")"),),
        noise("the_fingerprint_ignores_order_and_notices_any_change"),
    ),
    Mutation(
        "fingerprint",
        "a range hangs on its last block alone",
        ((NOISE, 'keyed(key, b"range", *blocks)', 'keyed(key, b"range", *list(blocks)[-1:])'),),
        build("any_change_in_a_cohort_redraws_that_cohort_and_no_other"),
    ),
    *(
        Mutation(
            "fingerprint",
            f"it leaves out {what}",
            ((TRUTH, old, new),),
            edges("whatever_changes_of_one_person_redraws_the_cohort"),
        )
        for what, old, new in (
            ("categories", "        categories,\n        _packed", "        _packed"),
            ("days of leaving and follow-up", '        _packed(rows["t"], rows["follow_up"]),\n', ""),
            ("sessions", '        _packed(rows["attended"], rows["due"]),\n', ""),
            ("cause of leaving, engagement and lasting change", '        _packed(rows["cause"], flags),\n', ""),
            (
                "early alliance",
                '        rows["alliance"].astype("float64").fillna(-1.0).to_numpy().view(np.uint64),\n',
                "",
            ),
            (
                "early self-efficacy",
                '        rows["self_efficacy"].astype("float64").fillna(-1.0).to_numpy().view(np.uint64),\n',
                "",
            ),
            ("coaches", "        _coach_mix(people),\n", ""),
        )
    ),
    Mutation(
        "rounding",
        "there is none",
        ((NOISE, "(count + noise + step // 2) // step * step)", "count + noise)"),),
        noise("a_printed_count_is_a_multiple_of_five_from_15_and_at_most_ten_off"),
        quick=True,
    ),
    Mutation(
        "printed minimum",
        "there is none",
        ((NOISE, "max(parameters.printed_minimum, (", "max(0, ("),),
        noise("a_printed_count_is_a_multiple_of_five_from_15_and_at_most_ten_off"),
        quick=True,
    ),
    Mutation(
        "both sides of an outcome",
        "few people without it do not hide it",
        ((BUILD, " or people - k < gate.threshold:", ":"),),
        build("an_outcome_is_hidden_exactly_when_a_rule_says_so"),
        quick=True,
    ),
    Mutation(
        "both sides of an outcome",
        "it may reach its printed base",
        ((BUILD, "min(count, n - gate.rounding)", "count"),),
        build("an_outcome_stays_a_step_below_its_printed_base"),
    ),
    Mutation(
        "both sides of an outcome",
        "a cap may pull it further from the truth than noise allows",
        ((BUILD, " and abs(capped - k) <= gate.largest_error else None", " else None"),),
        edges("a_number_that_its_base_would_pull_too_far_is_hidden"),
    ),
    Mutation(
        "coach dominance",
        "one coach may hold everything",
        ((TRUTH, " & (most <= parameters.coach_share * total)", ""),),
        build("three_coaches_and_none_over_seventy_per_cent"),
    ),
    Mutation(
        "coach dominance",
        "two coaches are enough",
        ((TRUTH, "(coaches >= parameters.coaches)", "(coaches >= 2)"),),
        build("three_coaches_and_none_over_seventy_per_cent"),
    ),
    Mutation(
        "coach dominance",
        "large cells are not looked at",
        ((TRUTH, "safe = (total * parameters.coach_share > per_coach[0]) &", "safe ="),),
        build("three_coaches_and_none_over_seventy_per_cent"),
    ),
    Mutation(
        "coach dominance",
        "outcomes do not ask for it",
        ((BUILD, "with_it[i], most[i]) if allowed[i] else None", "with_it[i], most[i])"),),
        edges("nothing_goes_round_the_coach_rule"),
    ),
    Mutation(
        "coach dominance",
        "curves do not ask for it",
        ((CURVES, "sheet.press.shown[text], not allowed[i]", "sheet.press.shown[text], False"),),
        edges("nothing_goes_round_the_coach_rule"),
    ),
    Mutation(
        "coach dominance",
        "means do not ask for it",
        ((MEANS, ">= press.parameters.mean_people and allowed[i]", ">= press.parameters.mean_people"),),
        edges("nothing_goes_round_the_coach_rule"),
    ),
    Mutation(
        "steps of a curve",
        "a point may rest on fewer than eleven new events",
        ((CURVES, "events - self.drawn[0] < gate.curve_step", "events - self.drawn[0] < 1"),),
        build("a_point_is_held_until_eleven_more_have_left_and_printed_steps_never_shrink"),
        quick=True,
    ),
    Mutation(
        "steps of a curve",
        "printed events may stand still",
        ((CURVES, "max(self.drawn[1] + gate.rounding, self._pub", "max(self.drawn[1], self._pub"),),
        build("a_point_is_held_until_eleven_more_have_left_and_printed_steps_never_shrink"),
    ),
    Mutation(
        "steps of a curve",
        "a held point counts as drawn",
        (
            (
                CURVES,
                "            return (None, None, None), known\n",
                "            self.drawn = (events, self.drawn[1])\n            return (None, None, None), known\n",
            ),
        ),
        build("a_point_is_held_until_eleven_more_have_left_and_printed_steps_never_shrink"),
    ),
    Mutation(
        "steps of a curve",
        "few newly censored people are printed",
        ((CURVES, "if censored - self.taken[0] >= gate.threshold:", "if True:"),),
        edges("censored_people_are_printed_when_eleven_more_are"),
    ),
    Mutation(
        "end of a curve",
        "it goes on while few are followed",
        ((CURVES, " or followed < gate.curve_at_risk\n", "\n"),),
        build("a_curve_stops_where_fewer_than_twenty_two_are_followed"),
        quick=True,
    ),
    Mutation(
        "end of a curve",
        "it goes on where few are printed as followed",
        ((CURVES, "self.stopped = at_risk - (grown - self.drawn[1]) < gate.curve_at_risk", "self.stopped = False"),),
        build("a_curve_stops_where_fewer_than_twenty_two_are_followed"),
    ),
    Mutation(
        "end of a curve",
        "small groups get one",
        (
            (CURVES, " or self.people < gate.curve_at_risk or", " or"),
            (CURVES, " or followed < gate.curve_at_risk\n", "\n"),
        ),
        build("a_curve_stops_where_fewer_than_twenty_two_are_followed"),
    ),
    Mutation(
        "end of a curve",
        "a curve that stopped may start again",
        ((CURVES, "self.stopped = self.stopped or n is None", "self.stopped = n is None"),),
        edges("a_curve_that_stopped_never_starts_again"),
    ),
    Mutation(
        "one noise for one number",
        "the curve draws again what the outcome of that day prints",
        ((CURVES, 'self.spec.left_early_by(day) or f"', 'f"'),),
        build("true_counts_are_those_of_plain_pandas"),
    ),
    Mutation(
        "means",
        "few people are enough",
        ((MEANS, "min(n or 0, counts[i]) >= press.parameters.mean_people", "min(n or 0, counts[i]) >= 15"),),
        build("no_mean_is_printed_for_fewer_than_thirty_people"),
    ),
    Mutation(
        "means",
        "values are not clipped to public bounds",
        ((PEOPLE, "    return values.clip(mean.low, mean.high)", "    return values"),),
        edges("extreme_values_move_a_mean_no_further_than_its_public_bounds"),
    ),
    Mutation(
        "means",
        "there is no noise",
        ((MEANS, "noisy = true + noise.mean_noise(number, low, high, people)", "noisy = true"),),
        build("means_stay_within_their_bounds_and_their_noise"),
    ),
    Mutation(
        "means",
        "there is no rounding",
        ((MEANS, "round(noisy / step) * step", "noisy"),),
        edges("a_mean_is_rounded_to_the_grain_of_its_printed_base"),
    ),
    Mutation(
        "means",
        "the grain tells the true number of people",
        ((MEANS, "step = grain(low, high, n)", "step = grain(low, high, people)"),),
        edges("a_mean_is_rounded_to_the_grain_of_its_printed_base"),
    ),
    Mutation(
        "means",
        "noise carries one out of its bounds",
        ((MEANS, "min(high, max(low, round(noisy / step) * step))", "round(noisy / step) * step"),),
        edges("extreme_values_move_a_mean_no_further_than_its_public_bounds"),
    ),
)
