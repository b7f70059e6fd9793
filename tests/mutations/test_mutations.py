"""A few rules of the gate, broken in turn, are noticed; `tests/validate/test_every_mutation` breaks every one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mutations.catalogue import CATALOGUE
from tests.mutations.mutant import ROOT, Copy, Mutation
from tests.mutations.page import PAGE, start

QUICK = [mutation for mutation in CATALOGUE if mutation.quick]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    made = Copy(tmp_path_factory.mktemp("mutations") / "copy")
    yield made
    made.close()


def test_the_copy_as_it_is_passes(copy: Copy) -> None:
    run = copy.run(sorted({test for mutation in QUICK for test in mutation.tests}))
    assert run.failed == "", run.said


@pytest.mark.parametrize("mutation", QUICK, ids=lambda mutation: mutation.name)
def test_a_broken_rule_is_noticed(copy: Copy, mutation: Mutation) -> None:
    assert copy.run_broken(mutation).failed in mutation.tests


def test_a_rule_that_no_test_holds_survives(copy: Copy) -> None:
    """The runner itself: a test of something else notices nothing, and a text that is not there is an error."""
    wrong = Mutation(
        QUICK[0].rule,
        QUICK[0].broken,
        QUICK[0].edits,
        ("tests/pipelines/test_disclosure_export_safety.py::test_numbers_stay_numbers",),
    )
    assert copy.run_broken(wrong).failed == ""
    with pytest.raises(ValueError, match="stands 0 times"):
        copy.run_broken(Mutation("r", "b", (("pipelines/release.py", "no such text", ""),), wrong.tests))
    with pytest.raises(RuntimeError):
        copy.run(["tests/no_such_test.py"])


def test_every_mutation_fits_the_code_and_its_tests_exist() -> None:
    names: dict[str, set[str]] = {}
    faults = []
    for mutation in CATALOGUE:
        for file, old, new in mutation.edits:
            if (ROOT / file).read_text(encoding="utf-8").count(old) != 1 or old == new:
                faults.append(f"{mutation.name}: {file}")
        for test in mutation.tests:
            file, _, name = test.partition("::")
            if file not in names:
                tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
                names[file] = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
            if name and name not in names[file]:
                faults.append(f"{mutation.name}: {test}")
    assert faults == []
    assert len({mutation.name for mutation in CATALOGUE}) == len(CATALOGUE)


def test_the_page_holds_every_mutation_and_a_test_of_it() -> None:
    lines = [line for line in (ROOT / PAGE).read_text(encoding="utf-8").splitlines() if line.startswith("| ")][2:]
    assert len(lines) == len(CATALOGUE)
    for line, mutation in zip(lines, CATALOGUE, strict=True):
        assert line.startswith(start(mutation))
        test = line.split("`")[-2]
        assert any(test.startswith(Path(declared).name.partition("::")[0]) for declared in mutation.tests)
