"""Print the table of the catalogue: `python -m tests.pipelines.bad_files > docs/bad_files.md`."""

from tests.pipelines.bad_files.catalogue import table

print(table(), end="")
