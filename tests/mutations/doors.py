"""Rules of the doors: what the release reader refuses and how it speaks, the live floor, files, formula injection."""

from __future__ import annotations

from tests.mutations.mutant import Mutation
from tests.mutations.printing import GATE

READER, REQUEST, COUNTED, STAYED, PUBLISHED, DERIVED, FLOORS, EXPORTS, SAFETY = (
    f"{GATE}/{name}.py"
    for name in (
        "reader",
        "request",
        "counted",
        "stayed",
        "published",
        "derived",
        "floors",
        "export_floor",
        "export_safety",
    )
)
WAREHOUSE, QUESTIONS = "pipelines/warehouse.py", "pipelines/questions.py"
DOWNLOADS, FILES, SERVER = "dashboard/downloads.py", "dashboard/exports.py", "dashboard/server.py"
OF_READER = "tests/pipelines/test_disclosure_reader.py"
OF_FLOORS = "tests/pipelines/test_disclosure_floors.py"
OF_EXPORTS = "tests/pipelines/test_export_floor.py"
OF_SAFETY = "tests/pipelines/test_disclosure_export_safety.py"
OF_DOWNLOADS = "tests/dashboard/test_downloads.py"
OF_COPY = "tests/pipelines/test_clean_copy.py"
OF_WAREHOUSE = "tests/pipelines/test_warehouse.py"
OF_PRINTED = "tests/dashboard/test_printed_numbers.py"
UNDECLARED = (f"{OF_READER}::test_what_is_not_declared_is_an_error_that_says_what_is_possible",)
NOT_CROSSED = (f"{OF_READER}::test_a_combination_that_is_not_published_is_a_row_that_says_so",)
FORMULAS = (f"{OF_SAFETY}::test_a_formula_is_quoted",)


def floors(*names: str) -> tuple[str, ...]:
    """Return tests of the live floor."""
    return tuple(f"{OF_FLOORS}::test_{name}" for name in names)


def exports(*names: str) -> tuple[str, ...]:
    """Return tests of what may leave as a file."""
    return tuple(f"{OF_EXPORTS}::test_{name}" for name in names)


def downloads(*names: str) -> tuple[str, ...]:
    """Return tests of files from the pages."""
    return tuple(f"{OF_DOWNLOADS}::test_{name}" for name in names)


REFUSING = (
    *(
        Mutation("reader refusal", f"{what} is answered", ((file, old, new),), UNDECLARED)
        for what, file, old, new in (
            ("a filter that is not declared", READER, "check_filters(question.where, self._dimensions)", "[]"),
            ("another way of counting", READER, "if question.settings != Settings():", "if False:"),
            (
                "an undeclared grouping",
                READER,
                "not set(question.by) <= set(measure.groupings):",
                "False:",
            ),
            ("a grouping named twice", READER, "if len(set(question.by)) != len(question.by):", "if False:"),
            (
                "a grouping of a measure that has its own",
                READER,
                "if measure.fixed_groupings and question.by not in",
                "if False and question.by not in",
            ),
        )
    ),
    Mutation(
        "reader refusal",
        "what was not published is answered with nobody",
        (
            (
                COUNTED,
                "    if (text, PEOPLE) not in request.published.counts:\n        raise NotPublishedError\n",
                "",
            ),
            (
                COUNTED,
                "return request.published.counts[text, PEOPLE]",
                "return request.published.counts.get((text, PEOPLE))",
            ),
        ),
        NOT_CROSSED,
    ),
    Mutation(
        "reader refusal",
        "an outcome that is not published counts as hidden",
        (
            (
                STAYED,
                "        if (text, name) not in request.published.outcomes:\n            raise NotPublishedError\n",
                "",
            ),
            (
                STAYED,
                "found.append(request.published.outcomes[text, name])",
                "found.append(request.published.outcomes.get((text, name)))",
            ),
        ),
        NOT_CROSSED,
    ),
    Mutation(
        "reader refusal",
        "a file that was changed is opened",
        ((WAREHOUSE, "if named[1] is not None and versions.sha256(path) != named[1]:", "if False:"),),
        (f"{OF_WAREHOUSE}::test_a_release_that_was_changed_is_refused",),
        quick=True,
    ),
    Mutation(
        "reader refusal",
        "a release needs no hash",
        (("pipelines/versions.py", " or (kind in _HASHED and found[2] is None):", ":"),),
        (f"{OF_WAREHOUSE}::test_a_release_whose_pointer_lost_its_hash_is_refused",),
    ),
    Mutation(
        "reader refusal",
        "other files can be reached",
        ((WAREHOUSE, '    "enable_external_access": "false",\n', ""),),
        (f"{OF_WAREHOUSE}::test_readers_reach_no_other_file_and_change_nothing",),
    ),
    Mutation(
        "reader refusal",
        "settings of the database can be changed",
        (
            (WAREHOUSE, '    "lock_configuration": "true",\n', ""),
            (WAREHOUSE, '    "enable_external_access": "false",\n', ""),
        ),
        (f"{OF_WAREHOUSE}::test_readers_reach_no_other_file_and_change_nothing",),
    ),
    Mutation(
        "reader refusal",
        "a release of another form is read",
        ((PUBLISHED, 'if about.get("format") != str(FORMAT):', "if False:"),),
        (f"{OF_READER}::test_a_release_of_another_form_is_refused",),
    ),
    Mutation(
        "rate base",
        "a share is given for fewer than fifty printed people",
        ((COUNTED, "    if share.n < request.published.gate.rate_base:", "    if share.n < 1:"),),
        (f"{OF_READER}::test_no_share_rests_on_fewer_than_fifty_printed_people",),
    ),
    Mutation(
        "rate base",
        "nothing is marked as rough",
        ((COUNTED, 'return "rough" if n < request.published.gate.low_precision else "shown"', 'return "shown"'),),
        (f"{OF_READER}::test_a_share_is_the_whole_percentage_of_two_printed_counts",),
    ),
    Mutation(
        "interval",
        "noise is left out of it",
        ((DERIVED, " + members * variance * (1 + q * q) / n**2", ""),),
        (
            f"{OF_READER}::test_a_share_is_the_whole_percentage_of_two_printed_counts",
            f"{OF_READER}::test_ranges_hold_the_truth_as_often_as_they_say",
        ),
    ),
    Mutation(
        "interval",
        "it lies around the whole percentage",
        ((DERIVED, "max(0.0, q - Z * error), min(1.0, q + Z * error)", "estimate - Z * error, estimate + Z * error"),),
        ("tests/pipelines/test_release_properties.py::test_a_printed_range_holds_the_truth_as_often_as_it_says",),
    ),
    Mutation(
        "interval",
        "noise is left out of that of a curve",
        (
            (
                DERIVED,
                "error = math.sqrt(share_left**2 * greenwood + noise)",
                "error = math.sqrt(share_left**2 * greenwood)",
            ),
        ),
        (OF_PRINTED,),
    ),
    Mutation(
        "interval",
        "noise is left out of that of a mean",
        ((DERIVED, " + 3 * (high - low) ** 2 / people**2 + grain**2 / 12)", ")"),),
        (OF_PRINTED,),
    ),
    Mutation(
        "one reason for every cause",
        "a held point of a curve says so",
        (
            (
                STAYED,
                "request.hidden(level, BELOW_THRESHOLD if day in curve.declared",
                'request.hidden(level, "held" if day in curve.declared',
            ),
        ),
        (f"{OF_READER}::test_every_confidential_cause_reads_the_same",),
    ),
    Mutation(
        "unions",
        "hidden members count as nobody, and nothing is said",
        ((COUNTED, '{"status": "rough", "reason": AT_LEAST}', '{"status": "shown"}'),),
        (f"{OF_READER}::test_a_union_is_the_sum_of_printed_cells_and_says_at_least",),
    ),
    Mutation(
        "unions",
        "a share is given though a member is hidden",
        ((STAYED, "    if len(known) < len(found):\n", "    if not known:\n"),),
        (f"{OF_READER}::test_a_union_is_the_sum_of_printed_cells_and_says_at_least",),
    ),
)

LIVE = (
    Mutation(
        "live floor",
        "groups of any size are shown",
        ((FLOORS, "    return count < floor.count or (complement", "    return (complement"),),
        floors("a_count_needs_five_and_so_does_its_complement"),
        quick=True,
    ),
    Mutation(
        "live floor",
        "a complement may be small",
        ((FLOORS, " or (complement is not None and 0 < complement < floor.complement)", ""),),
        floors("a_count_needs_five_and_so_does_its_complement"),
    ),
    Mutation(
        "live floor",
        "it may be lowered",
        ((FLOORS, "        elif value < present:", "        elif False:"),),
        floors("floors_rise_and_never_fall"),
    ),
    Mutation(
        "live floor",
        "a lone hidden cell follows from the total",
        ((FLOORS, "    if sum(result) == 1 and shown:", "    if False:"),),
        floors("the_smallest_sibling_joins_a_lone_hidden_cell"),
    ),
    Mutation(
        "live floor",
        "few people with an outcome do not hide it",
        ((FLOORS, "one_sided = _within(events, floor.count) | ", "one_sided = "),),
        floors("a_share_with_three_events_gives_nothing_away"),
    ),
    Mutation(
        "live floor",
        "few people without an outcome do not hide it",
        ((FLOORS, " | _within(without, floor.count)\n", "\n"),),
        floors("the_events_of_a_rate_are_not_people"),
    ),
    Mutation(
        "live floor",
        "a point may leave out few people",
        ((FLOORS, "        small |= _within(whole - n, floor.complement)", "        pass"),),
        floors("a_point_that_leaves_out_four_people_is_hidden"),
    ),
    Mutation(
        "live floor",
        "a curve goes on while few are followed",
        ((FLOORS, "(n < floor.curve_at_risk) & (rows.reason", "(n < 1) & (rows.reason"),),
        floors("a_curve_stops_where_fewer_than_ten_are_followed"),
    ),
    Mutation(
        "live floor",
        "few people get a curve",
        ((FLOORS, "elif not share_allowed(people, sum(counted), floor):", "elif False:"),),
        floors("a_curve_of_nineteen_people_or_four_events_is_not_drawn"),
    ),
    Mutation(
        "live floor",
        "a rare way out follows from the others",
        ((FLOORS, "if len(events) > 1 and small:", "if False:"),),
        floors("a_stack_hides_a_rare_way_out_and_the_next_smallest"),
    ),
    Mutation(
        "live floor",
        "a lone hidden bar follows from the others",
        ((FLOORS, "    _hide_lone_shares(rows)\n", ""),),
        floors("reasons_that_add_to_one_hide_the_smallest_sibling"),
    ),
    Mutation(
        "live floor",
        "a comparison stays when one of its groups is hidden",
        ((FLOORS, "    _hide_comparisons(rows, floor)\n", ""),),
        floors("a_comparison_falls_with_either_of_its_groups"),
    ),
    Mutation(
        "live floor",
        "coaches with few people are drawn",
        ((FLOORS, "    _hide_units(rows, floor)\n", ""),),
        floors("a_coach_needs_eleven_people_and_is_never_drawn_outside"),
    ),
    Mutation(
        "live floor",
        "the live reader does not use it",
        (
            (
                "pipelines/estimate.py",
                "table = apply_live(_in_order(self._rows(request).columns(), request))",
                "table = self._rows(request).table()",
            ),
        ),
        ("tests/pipelines/test_estimate.py::test_whatever_an_estimator_gives_the_floor_is_applied_to_the_table",),
    ),
)

LEAVING = (
    Mutation(
        "clean copy",
        "whoever works with raw values has a file open",
        (
            (
                "pipelines/warehouse.py",
                'spill.mkdir(mode=0o700)\n    connection = duckdb.connect(":memory:")',
                'spill.mkdir(mode=0o700)\n    connection = duckdb.connect(str(spill / "file.duckdb"))',
            ),
        ),
        (f"{OF_COPY}::test_whatever_worked_with_raw_values_never_has_the_file_open",),
    ),
    Mutation(
        "clean copy",
        "the process that writes knows where key and records lie",
        (
            (
                "pipelines/clean_copy.py",
                "{name: os.environ[name] for name in _PASSED_ON if name in os.environ}",
                "dict(os.environ)",
            ),
        ),
        (f"{OF_COPY}::test_the_writing_process_imports_nothing_of_ours_and_knows_neither_key_nor_home",),
    ),
    Mutation(
        "export floor",
        "the rows of a small group leave",
        ((EXPORTS, "small = n.isna() | n.lt(floor.export)", "small = n.isna()"),),
        exports("points_of_a_curve_stay_while_eleven_are_followed"),
    ),
    Mutation(
        "export floor",
        "it may be lowered to ten",
        ((FLOORS, "    coach_people=11,\n    export=11,", "    coach_people=11,\n    export=10,"),),
        exports("groups_and_complements_under_the_floor_leave_no_number"),
    ),
    Mutation(
        "export floor",
        "one side of a share may be small",
        (
            (
                EXPORTS,
                "    withheld = open_rows & ~compared & (small | one_sided)",
                "    withheld = open_rows & ~compared & small",
            ),
        ),
        exports("a_share_needs_eleven_people_with_and_without_the_outcome_or_none"),
        quick=True,
    ),
    Mutation(
        "export floor",
        "complements may be small",
        ((EXPORTS, " or 0 < total - n < floor.export}", "}"),),
        exports("groups_and_complements_under_the_floor_leave_no_number"),
    ),
    Mutation(
        "export floor",
        "a lone withheld group follows from the total",
        (
            (
                EXPORTS,
                "            hidden |= {level for level, flag in zip(part, flags, strict=True) if flag}",
                "            del flags",
            ),
        ),
        exports("groups_and_complements_under_the_floor_leave_no_number"),
    ),
    Mutation(
        "export floor",
        "a cell of a crossed table follows from its row or column",
        ((EXPORTS, "        for part in _slices(list(sizes)):", "        for part in [list(sizes)]:"),),
        exports("in_a_crossed_table_no_hidden_cell_follows_from_its_row_or_column"),
    ),
    Mutation(
        "export floor",
        "a lone bar follows from the others",
        ((EXPORTS, "    withheld |= _lone_bars(rows, withheld)\n", ""),),
        exports("a_lone_bar_under_the_floor_takes_the_smallest_other_along"),
    ),
    Mutation(
        "export floor",
        "bounds tell what is withheld",
        ((EXPORTS, "    withheld |= open_rows & _bounds_that_tell(rows, withheld, floor)\n", ""),),
        exports("bounds_leave_with_nothing_that_tells_few_people"),
    ),
    Mutation(
        "export floor",
        "a comparison stays when one of its groups is gone",
        ((EXPORTS, "compared & (small | _rests_on(rows, gone))", "compared & small"),),
        exports("a_comparison_goes_with_either_of_its_groups_and_a_test_with_any"),
    ),
    Mutation(
        "export floor",
        "files do not use it",
        ((DOWNLOADS, 'apply_export(table, sizes=sizes) if about["audience"] == "manager" else table', "table"),),
        downloads("a_file_from_the_managers_pages_rests_on_eleven_people_and_says_internal"),
    ),
    Mutation(
        "export floor",
        "filters may single out a few people",
        (
            (
                DOWNLOADS,
                "if chosen is None or everybody is None or not export_allowed",
                "if False and not export_allowed",
            ),
        ),
        downloads("filters_that_choose_or_leave_out_one_to_ten_people_give_no_file"),
    ),
    Mutation(
        "export floor",
        "a filter more may leave out a few people",
        ((DOWNLOADS, "    if len(where) > 1:\n", "    if False:\n"),),
        downloads("a_filter_more_that_leaves_out_few_gives_no_file_either"),
    ),
    Mutation(
        "export floor",
        "a refused table is written",
        ((FILES, "        if self.refused:\n", "        if False:\n"),),
        downloads("a_refused_table_has_no_content"),
    ),
    Mutation(
        "internal files",
        "they are not marked",
        ((DOWNLOADS, '{USE: INTERNAL if about["audience"] == "manager" else PROTECTED}', "{USE: PROTECTED}"),),
        downloads("a_file_from_the_managers_pages_rests_on_eleven_people_and_says_internal"),
    ),
    Mutation(
        "internal files",
        "they are not noted",
        ((FILES, '        if self.about["audience"] == "manager":\n', "        if False:\n"),),
        downloads("every_internal_file_is_noted_without_a_number_and_a_release_is_not"),
    ),
    Mutation(
        "internal files",
        "the manager's door can be opened to the network",
        ((SERVER, 'if audience == "manager" and host not in LOOPBACK:', "if False:"),),
        ("tests/dashboard/test_server.py",),
    ),
    Mutation(
        "formula injection",
        "formulas are written as they are",
        ((SAFETY, 'return "\'" + kept if led_by_control or first in FORMULA_STARTS else kept', "return kept"),),
        FORMULAS,
        quick=True,
    ),
    Mutation(
        "formula injection",
        "full-width signs pass",
        ((SAFETY, 'unicodedata.normalize("NFKC", text).lstrip()[:1]', "text.lstrip()[:1]"),),
        FORMULAS,
    ),
    Mutation(
        "formula injection",
        "a blank before the sign lets it pass",
        ((SAFETY, 'unicodedata.normalize("NFKC", text).lstrip()[:1]', 'unicodedata.normalize("NFKC", text)[:1]'),),
        FORMULAS,
    ),
    Mutation(
        "formula injection",
        "control characters stay",
        ((SAFETY, "c for c in text if not _is_control(c)", "c for c in text"),),
        (*FORMULAS, f"{OF_SAFETY}::test_nothing_dangerous_survives"),
    ),
    Mutation(
        "formula injection",
        "headings pass as they are",
        ((SAFETY, "writer.writerow([safe_text(name) for name in header])", "writer.writerow(header)"),),
        (f"{OF_SAFETY}::test_headings_pass_the_same_rule_and_lines_end_as_spreadsheets_expect",),
    ),
    Mutation(
        "formula injection",
        "cells pass as they are",
        (
            (
                SAFETY,
                'return "" if value is None or value != value else safe_cell(value)',
                'return "" if value is None or value != value else value',
            ),
        ),
        downloads("no_cell_of_a_file_can_run_whatever_the_texts_are"),
    ),
)

DOORS = (*REFUSING, *LIVE, *LEAVING)
