"""The page of mutations: every rule of the gate, how it was broken, and the test that noticed."""

from __future__ import annotations

from collections.abc import Mapping

from tests.mutations.mutant import Mutation

PAGE = "docs/mutations.md"
HEAD = """# Every rule of the gate, broken in turn

Written by `make validate` (tests/validate/test_every_mutation.py). In a copy of the code one rule of the disclosure
gate is broken; the tests named for it are run there, and one of them has to fail. The copy as it is passes all of them.
A few of these run with every `make test`.

| rule | how it is broken | where | test that fails |
| --- | --- | --- | --- |
"""


def page(found: Mapping[Mutation, str]) -> str:
    """Return the page as Markdown, in the order of `found`, which holds the test that failed for each mutation."""
    return HEAD + "".join(f"{start(mutation)} `{test.rpartition('/')[2]}` |\n" for mutation, test in found.items())


def start(mutation: Mutation) -> str:
    """Return the line of a mutation as far as it is known before a run: rule, how it is broken and where."""
    where = ", ".join(f"`{file}`" for file in dict.fromkeys(file for file, _, _ in mutation.edits))
    return f"| {mutation.rule} | {mutation.broken} | {where} |"
