"""What the rules of a mapping read: staged files, and the views a mapping makes of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Template

import duckdb

from pipelines.faults import Fault, InputFault
from pipelines.mapping_file import packaged_names
from pipelines.mapping_rules import Mapping as SourceMapping
from pipelines.mapping_rules import TableRule, Unpivot, View
from pipelines.mapping_sql import unpivot_sql
from pipelines.read import SourceFile
from pipelines.warehouse import quoted

_MAKE_VIEW = Template("CREATE OR REPLACE TEMP TABLE $name AS\n$select")


@dataclass(frozen=True, slots=True)
class Source:
    """A relation rules can read: its name in SQL, its columns as written, and where it came from."""

    relation: str
    columns: Mapping[str, str]
    files: tuple[SourceFile, ...]
    label: str
    numbered: bool = True

    @property
    def withheld(self) -> dict[str, str]:
        """The columns a data dictionary took away from its files, in small letters, each with why."""
        return {name.casefold(): why for file in self.files for name, why in file.withheld.items()}


def of_file(file: SourceFile) -> Source:
    """Return the source that a staged file is."""
    return Source(file.view, {name.casefold(): name for name in file.columns}, (file,), file.name)


def is_absent(source: str, mapping: SourceMapping, sources: Mapping[str, Source]) -> bool:
    """Tell whether there is neither a file nor a view of this name."""
    return source not in sources and source not in {view.name for view in mapping.views}


def require_files(mapping: SourceMapping, rules: Sequence[TableRule], sources: Mapping[str, Source]) -> None:
    """Raise InputFault for every file that a rule or a view needs and that is not there or cannot be read."""
    needed = [need for view in mapping.views for need in view.needs] + [rule.source for rule in rules]
    remedy = (
        "Add it to the folder, or rename the file that holds it so; or choose another mapping "
        f"({', '.join(packaged_names())}, or a file of your own)"
    )
    faults = [
        Fault(f"{name}.csv", f"is missing: the mapping {mapping.mapping_id} needs a file of this name", remedy)
        for name in dict.fromkeys(needed)
        if is_absent(name, mapping, sources)
    ]
    for name in dict.fromkeys(needed):
        faults += [fault for file in (sources[name].files if name in sources else ()) for fault in file.faults]
    if faults:
        raise InputFault(faults)


def make_view(connection: duckdb.DuckDBPyConnection, view: View, sources: Mapping[str, Source]) -> Source:
    """Make the rows of a view: turned columns, or its SELECT; InputFault if that is not one SELECT that runs."""
    if view.unpivot is not None:
        return _turn_columns(connection, view, view.unpivot, sources[view.unpivot.source])
    try:
        statements = connection.extract_statements(view.sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise InputFault(Fault(view.file, "is not one SELECT", "Write one SELECT and nothing else"))
        relation = f"view_{view.name}"
        make = _MAKE_VIEW.substitute(name=quoted(relation), select=statements[0].query.rstrip().rstrip(";"))
        connection.execute(make)
    except duckdb.Error as error:
        withheld = [item for need in view.needs for item in sources[need].withheld.items()]
        named = [(name, why) for name, why in withheld if re.search(rf"\b{re.escape(name)}\b", view.sql.casefold())]
        if named and isinstance(error, duckdb.BinderException):
            label = ", ".join(file.name for need in view.needs for file in sources[need].files)
            raise InputFault([withheld_fault(label, name, why, view.file) for name, why in named]) from None
        remedy = "Correct the heading in the file, or the SQL of the mapping"
        raise InputFault(Fault(view.file, _safe_words(error), remedy)) from None
    names = connection.table(quoted(relation)).columns
    files = tuple(dict.fromkeys(file for need in view.needs for file in sources[need].files))
    label = (
        f"{view.file} ({len(files)} files)" if len(files) > 2 else f"{view.file} ({', '.join(f.name for f in files)})"
    )
    folded = {name.casefold(): name for name in names}
    return Source(relation, folded, files, label, numbered="row_no" in folded)


def _turn_columns(connection: duckdb.DuckDBPyConnection, view: View, unpivot: Unpivot, source: Source) -> Source:
    named = [*unpivot.columns, *(unpivot.start.columns if unpivot.start is not None else ())]
    absent = [name for name in named if name.casefold() not in source.columns]
    if absent:
        remedy = f"Correct the heading in the file or views.{view.name} in {view.file}"
        faults = [
            withheld_fault(source.label, name, source.withheld[name.casefold()], view.file)
            if name.casefold() in source.withheld
            else Fault(source.label, f"has no column {name}", remedy)
            for name in absent
        ]
        raise InputFault(faults)
    parameters: list[object] = []
    select = unpivot_sql(unpivot, source.columns, source.relation, parameters)
    make = _MAKE_VIEW.substitute(name=quoted(f"view_{view.name}"), select=select)
    connection.execute(make, parameters)
    names = connection.table(quoted(f"view_{view.name}")).columns
    columns = {name.casefold(): name for name in names}
    return Source(f"view_{view.name}", columns, source.files, source.label, numbered=False)


def _safe_words(error: duckdb.Error) -> str:
    """Say why SQL failed; only errors about the text of the SQL are quoted, others could hold a cell's value."""
    if isinstance(error, duckdb.ParserException | duckdb.BinderException | duckdb.CatalogException):
        return "cannot be run: " + str(error).splitlines()[0]
    if isinstance(error, duckdb.PermissionException):
        return "cannot be run: it reads or writes a file, which no mapping may"
    return "fails on a value in the files; TRY_CAST reads what can be read"


def withheld_fault(file: str, column: str, why: str, mapping: str) -> Fault:
    """Return the fault of a rule that names a column which a data dictionary took away; `why` says for what reason."""
    remedy = f"Take it out of {mapping}; if it is not, correct the field in REDCap and export the dictionary again"
    return Fault(f"{file}, column {column}", f"is {why} by the data dictionary and was dropped", remedy)
