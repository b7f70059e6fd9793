"""Rules of publishing: what may be crossed, which cohorts are ready, frozen numbers, ledger, coin test, audit."""

from __future__ import annotations

from tests.mutations.mutant import Mutation
from tests.mutations.printing import BUILD, CURVES, GATE, MEANS, SPEC, build, edges

PLAN, PRESS, LEDGER, COIN, AUDIT, STRANGER = (
    f"{GATE}/{name}.py" for name in ("plan", "press", "ledger", "coin", "audit", "stranger")
)
RELEASE, WAREHOUSE = "pipelines/release.py", "pipelines/warehouse.py"
OF_LEDGER = "tests/pipelines/test_disclosure_ledger.py"
OF_AUDIT = "tests/pipelines/test_disclosure_audit.py"
OF_COIN = "tests/pipelines/test_disclosure_coin.py"
OF_RELEASE = "tests/pipelines/test_release.py"
OF_GROWTH = "tests/pipelines/test_two_releases.py"
BREACHES = (f"{OF_AUDIT}::test_every_breach_against_the_truth_is_found",)
STRANGERS = (f"{OF_AUDIT}::test_a_stranger_finds_what_is_wrong_without_the_records",)
COPIES = build("what_the_ledger_holds_is_copied_whatever_the_records_say")
STRICTER = build("a_stricter_test_adds_nothing_and_takes_back_nothing")
CHAIN = (
    f"{OF_LEDGER}::test_every_change_is_noticed",
    f"{OF_LEDGER}::test_a_chain_forged_from_the_middle_on_does_not_hold",
)

CROSSING = (
    Mutation(
        "order limit",
        "one more dimension is crossed",
        (
            (
                BUILD,
                "spec.parameters.variables - (0 if whole else 1)",
                "spec.parameters.variables + (1 if whole else 0)",
            ),
        ),
        build("the_whole_declared_grid_is_there_once"),
        quick=True,
    ),
    Mutation(
        "order limit",
        "a cohort does not count as a variable",
        ((BUILD, "(0 if whole else 1)", "0"),),
        build("the_whole_declared_grid_is_there_once"),
    ),
    Mutation(
        "order limit",
        "any range is crossed as far as that of all cohorts",
        (
            (
                BUILD,
                "whole = period.is_range and period.blocks == spec.dimension(COHORT).categories",
                "whole = period.is_range",
            ),
        ),
        edges("a_range_of_some_cohorts_is_crossed_less_than_that_of_all"),
    ),
    Mutation(
        "outcome order",
        "outcomes are split by every pair",
        ((SPEC, "yield from self.crossings(min(variables, 1))", "yield from self.crossings(variables)"),),
        edges("outcomes_are_split_by_one_dimension_and_the_declared_pairs_alone"),
    ),
    Mutation(
        "outcome order",
        "within a cohort they are split by every dimension",
        ((SPEC, "yield from [()] * (variables >= 1)", "yield from self.crossings(1)"),),
        edges("outcomes_are_split_by_one_dimension_and_the_declared_pairs_alone"),
    ),
    Mutation(
        "outcome order",
        "curves and means are split within a cohort too",
        ((BUILD, "spec.crossings(min(widest, 1) - taken)", "spec.crossings(min(widest, 1))"),),
        edges("outcomes_are_split_by_one_dimension_and_the_declared_pairs_alone"),
    ),
    Mutation(
        "closed lists",
        "categories may be anything",
        (("pipelines/disclosure/people.py", "    _check_categories(rows, full)\n", ""),),
        build("an_undeclared_category_stops_everything"),
    ),
    Mutation(
        "block",
        "a cohort of any size is one",
        ((PLAN, "if people < parameters.block:", "if people < 1:"),),
        build("a_cohort_is_a_block_only_when_over_large_and_followed"),
        quick=True,
    ),
    Mutation(
        "block",
        "a cohort that is not over is one",
        ((PLAN, "> records_to:", '> "9999":'),),
        build("a_cohort_is_a_block_only_when_over_large_and_followed"),
    ),
    Mutation(
        "block",
        "a cohort that is not followed beyond the landmark is one",
        ((PLAN, "if truth.shortest_follow_up[cohort] <= LANDMARK_DAY:", "if False:"),),
        build("a_cohort_is_a_block_only_when_over_large_and_followed"),
    ),
    Mutation(
        "block",
        "an outcome does not wait for the last person",
        ((PLAN, "truth.shortest_follow_up[block] >= day", "truth.shortest_follow_up[block] >= day - 1"),),
        build("an_outcome_waits_until_everybody_of_its_cohort_is_followed"),
    ),
    Mutation(
        "block",
        "the curve of a cohort does not wait for the last person",
        ((CURVES, "sheet.truth.shortest_follow_up[block] >= day", "True"),),
        edges("a_curve_of_a_cohort_ends_where_somebody_is_not_followed"),
    ),
)

FREEZING = (
    Mutation(
        "freeze",
        "the ledger is not asked",
        ((PRESS, "return (text, measure) in self.ledger.values", "return False"),),
        COPIES,
        quick=True,
    ),
    Mutation(
        "freeze",
        "numbers of people are drawn again",
        ((BUILD, "if sheet.press.known(text, measure):", "if False:"),),
        COPIES,
    ),
    Mutation(
        "freeze",
        "outcomes are drawn again",
        ((BUILD, "copied = press.known(text, name)", "copied = False"),),
        COPIES,
    ),
    Mutation(
        "freeze",
        "points of a curve are drawn again",
        ((CURVES, "known = self.press.known(self.text, measure)", "known = False"),),
        COPIES,
    ),
    Mutation(
        "freeze",
        "points of a curve are taken back when coaches become too few",
        (
            (
                CURVES,
                "sheet.press.shown[text], not allowed[i]",
                "sheet.press.shown[text] if allowed[i] else None, False",
            ),
        ),
        (f"{OF_GROWTH}::test_what_was_published_stays_though_the_records_have_less",),
    ),
    Mutation(
        "freeze",
        "means are drawn again",
        ((MEANS, "copied = press.known(text, mean.name)", "copied = False"),),
        COPIES,
    ),
    Mutation(
        "freeze",
        "a label does not name its range",
        (
            (
                PLAN,
                'return "+".join(run[0] if len(run) == 1 else f"{run[0]}..{run[-1]}" for run in runs)',
                'return "all"',
            ),
        ),
        build("ranges_are_named_after_their_blocks"),
    ),
    Mutation(
        "freeze",
        "a published cohort may be dropped",
        ((PLAN, 'reason = "" if cohort in before else _not_ready', "reason = _not_ready"),),
        (f"{OF_GROWTH}::test_what_was_published_stays_though_the_records_have_less",),
    ),
    Mutation(
        "freeze",
        "a published outcome may be dropped",
        ((PLAN, "(outcome, block) in ledger.blocks or truth", "truth"),),
        (f"{OF_GROWTH}::test_what_was_published_stays_though_the_records_have_less",),
    ),
    Mutation(
        "freeze",
        "a published day of a curve may be dropped",
        ((CURVES, "    if sheet.period.is_range or (f", "    if sheet.period.is_range or False and (f"),),
        (f"{OF_GROWTH}::test_what_was_published_stays_though_the_records_have_less",),
    ),
    Mutation(
        "freeze",
        "a published site may be dropped",
        ((RELEASE, 'tuple(ledger.categories("site"))', "()"),),
        (f"{OF_GROWTH}::test_what_was_published_stays_though_the_records_have_less",),
    ),
    Mutation(
        "freeze",
        "new values are not written down",
        ((PRESS, "        self.entries.append(Entry(text, measure, period.label, value))", "        return"),),
        build("the_whole_declared_grid_is_there_once"),
    ),
    Mutation(
        "chain",
        "the hash of a line is not checked",
        ((LEDGER, 'own == _hash(head, line[:-_TAIL] + "]") and ', ""),),
        CHAIN,
        quick=True,
    ),
    Mutation(
        "chain",
        "lines need not follow each other",
        (
            (LEDGER, " and previous == head and sequence == number", ""),
            (LEDGER, "own == _hash(head, line", "own == _hash(previous, line"),
        ),
        CHAIN,
    ),
    Mutation(
        "chain",
        "a label may be published twice",
        ((LEDGER, "if not kept or (label, measure) in values:", "if not kept:"),),
        (f"{OF_LEDGER}::test_no_label_is_published_twice",),
    ),
    Mutation(
        "chain",
        "a line cut short is read",
        ((LEDGER, '    if lines.pop() != "":', '    if lines.pop() == "no":'),),
        CHAIN,
    ),
    Mutation(
        "chain",
        "the release does not ask for the lines it was built with",
        ((RELEASE, "    _check_end_of_ledger(home, ledger)\n", ""),),
        (f"{OF_RELEASE}::test_a_tampered_ledger_stops_the_build",),
    ),
    Mutation(
        "key",
        "a new key is made where there is none",
        ((RELEASE, "    if is_fresh:\n", "    if False:\n"),),
        (
            f"{OF_RELEASE}::test_records_without_a_note_of_their_key_need_one_that_is_there",
            f"{OF_RELEASE}::test_without_the_key_nothing_is_built",
        ),
    ),
    Mutation(
        "coin test",
        "its limit is higher",
        ((COIN, "LIMIT = 0.65", "LIMIT = 0.7"),),
        (f"{OF_COIN}::test_the_least_strict_setting_that_holds_is_taken",),
    ),
    Mutation(
        "freezing",
        "a stricter test takes back what was published",
        ((BUILD, "max(outcome_variables, press.ledger.outcome_variables())", "outcome_variables"),),
        STRICTER,
    ),
    Mutation(
        "coin test",
        "outcomes are added beyond what the test allows, once there are any",
        ((BUILD, "may_add=crossing in added", "may_add=crossing in split"),),
        STRICTER,
    ),
    Mutation(
        "coin test",
        "curves and means are added beyond what the test allows, once there are any",
        ((BUILD, "may_add=outcome_variables >= 1", "may_add=True"),),
        STRICTER,
    ),
    Mutation(
        "coin test",
        "outcomes are printed though no setting holds",
        ((COIN, "    return replace(tried, outcome_variables=-1)", "    return tried"),),
        (f"{OF_COIN}::test_the_least_strict_setting_that_holds_is_taken",),
    ),
    Mutation(
        "coin test",
        "the release does not use the noise it asked for",
        ((RELEASE, "replace(settled.parameters, noise=coin.noise)", "settled.parameters"),),
        (f"{OF_COIN}::test_a_release_uses_the_noise_the_test_asked_for",),
    ),
    Mutation(
        "coin test",
        "the attack does not see the printed numbers",
        (
            (
                COIN,
                "True, printed - mean[column] * total[cells]",
                "True, 0.0",
            ),
        ),
        ("tests/attacks/test_attacks.py",),
    ),
)

AUDITING = (
    Mutation(
        "audit before swap",
        "the new file is not held against the truth",
        (
            (
                RELEASE,
                "        audit.against_truth(_rows(con)",
                "        print(_rows(con)",
            ),
        ),
        (f"{OF_RELEASE}::test_a_failed_audit_leaves_the_former_release_in_place",),
    ),
    Mutation(
        "audit before swap",
        "hidden people may follow from printed sums",
        ((f"{GATE}/audit.py", "    if follow_from_others(spec, cells):", "    if False:"),),
        (f"{OF_AUDIT}::test_hidden_people_that_follow_from_a_printed_sum_stop_the_release",),
    ),
    Mutation(
        "audit before swap",
        "the new file is not checked as a stranger would",
        ((RELEASE, "        checks = stranger.as_stranger(_rows(con))  #", "        checks = []  #"),),
        (f"{OF_RELEASE}::test_what_a_stranger_would_find_is_not_published",),
    ),
    Mutation(
        "audit before swap",
        "the finished file is not read again",
        (
            (
                RELEASE,
                '(home, "release", verify=_verify)',
                '(home, "release")',
            ),
        ),
        (f"{OF_RELEASE}::test_the_finished_file_is_checked_once_more_before_it_is_current",),
    ),
    Mutation(
        "audit before swap",
        "the ledger is written before the audit",
        (
            (RELEASE, "        append(ledger, lines)\n", ""),
            (
                RELEASE,
                '        tell("auditing", 0.85)\n',
                '        append(ledger, lines)\n        tell("auditing", 0.85)\n',
            ),
        ),
        (f"{OF_RELEASE}::test_a_failed_audit_leaves_the_former_release_in_place",),
    ),
    Mutation(
        "audit before swap",
        "a file that fails its check is published",
        ((WAREHOUSE, "            verify(connection)\n", "            pass\n"),),
        ("tests/pipelines/test_warehouse.py::test_a_file_that_fails_its_check_is_not_published",),
    ),
    *(
        Mutation("audit before swap", f"it does not look for {what}", ((file, old, new),), tests)
        for what, file, old, new, tests in (
            ("the threshold", AUDIT, "if true < gate.threshold:", "if False:", BREACHES),
            ("the largest error", AUDIT, "if abs(value - true) > gate.largest_error:", "if False:", BREACHES),
            ("rounding", AUDIT, "if value % gate.rounding or (", "if (", BREACHES),
            ("the printed minimum", AUDIT, " or (place == 0 and value < gate.printed_minimum):", ":", BREACHES),
            ("the other side of an outcome", AUDIT, "cell.true[0] - true < gate.threshold or ", "", BREACHES),
            ("the coaches of an outcome", AUDIT, "or not cell.ruled or base is None", "or base is None", BREACHES),
            ("a hidden base", AUDIT, " or base is None:", ":", BREACHES),
            (
                "an outcome at its base",
                AUDIT,
                'elif cell.table == "cells" and value > base - gate.rounding:',
                "elif False:",
                BREACHES,
            ),
            (
                "people still followed",
                AUDIT,
                'if cell.table == "curves" and cell.true[0]',
                "if False and cell.true[0]",
                BREACHES,
            ),
            ("the people of a mean", AUDIT, "if cell.true[0] < gate.mean_people or", "if", BREACHES),
            ("the coaches of a mean", AUDIT, "or not cell.ruled or n is None", "or n is None", BREACHES),
            (
                "the noise of a mean",
                AUDIT,
                "if abs(value - cell.true[1]) >",
                "if False and abs(value) >",
                (f"{OF_AUDIT}::test_a_mean_without_noise_bound_is_found",),
            ),
            (
                "wrong counts",
                AUDIT,
                "if found != [int(number)",
                "if False and found != [int(number)",
                (f"{OF_AUDIT}::test_a_true_count_that_was_counted_wrong_is_found",),
            ),
            (
                "numbers changed in the file",
                AUDIT,
                "        if not same:",
                "        if False:",
                (f"{OF_AUDIT}::test_the_file_must_hold_what_was_printed",),
            ),
            (
                "copies that are not the ledger's",
                AUDIT,
                "if printed != value and not _is_hidden(printed):",
                "if False:",
                (f"{OF_AUDIT}::test_a_copy_must_be_the_published_value",),
            ),
            ("other tables or columns", STRANGER, "    raise_if(_schema_breaches(rows))\n", "", STRANGERS),
            ("facts that are not declared", STRANGER, "set(about) != set(ABOUT) or ", "", STRANGERS),
            ("a status that lies", STRANGER, 'if status != ("shown" if shown else "hidden") or', "if", STRANGERS),
            ("a base beside a hidden number", STRANGER, " or (not shown and n is not None):", ":", STRANGERS),
            (
                "small printed numbers",
                STRANGER,
                "(n < gate.printed_minimum or n % gate.rounding)",
                "n % gate.rounding",
                STRANGERS,
            ),
            (
                "printed numbers off the step",
                STRANGER,
                "(n < gate.printed_minimum or n % gate.rounding)",
                "n < gate.printed_minimum",
                STRANGERS,
            ),
            (
                "printed outcomes above their base",
                STRANGER,
                "(measure in COUNTS or not fits)",
                "measure in COUNTS",
                STRANGERS,
            ),
            (
                "outcomes of a count",
                STRANGER,
                "(measure in COUNTS or not fits)",
                "not fits and measure not in COUNTS",
                STRANGERS,
            ),
            ("points of a curve above their base", STRANGER, " or numbers[1] >= n)", ")", STRANGERS),
            ("undeclared labels", STRANGER, 'yield "a cell is labelled with something undeclared"', "pass", STRANGERS),
            ("too many variables", STRANGER, 'yield "a cell crosses more variables than declared"', "pass", STRANGERS),
            ("a cell that is there twice", STRANGER, 'yield "a cell is there twice"', "pass", STRANGERS),
            ("a missing cell", STRANGER, 'yield "a declared cell is missing"', "pass", STRANGERS),
            (
                "traces of a person",
                STRANGER,
                'yield f"a text holds something that looks like {what}"',
                "pass",
                STRANGERS,
            ),
        )
    ),
)

PUBLISHING = (*CROSSING, *FREEZING, *AUDITING)
