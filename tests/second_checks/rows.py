"""One table as typed rows: its cells, the rows it names, what is known of its episode, and what cells break."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from pipelines import schema
from pipelines.schema import Table
from tests.second_checks import text
from tests.second_checks.found import Found
from tests.second_checks.reading import Typed, read, typed
from tests.second_checks.references import Named, named, normal_form, parent_of, place_of, repeated, without_file

ADULT = 18


class Reader:
    """Reads the tables of a folder, parents before children; `named` are the rows that later tables may name."""

    def __init__(self, source: Path, found: Found, instruments: tuple[str, ...]) -> None:
        self.named: dict[str, Named] = {}
        self._source = source
        self._found = found
        self._instruments = instruments

    def rows(self, table: Table) -> pd.DataFrame | None:
        """Return the rows of `table` typed, with the places of the rows they name; note what their cells break."""
        text_rows = read(self._source, table)
        if text_rows is None:
            self.named[table.name] = without_file()
            return None
        rows: dict[str, Any] = {}
        for column in table.incoming:
            heading = str(column.incoming)
            cells = text_rows.pop(heading)
            if column.transform == "pseudonym":
                rows[heading] = cells
                rows |= self._identified(table, column, cells)
            else:
                result = self._typed(table, column, cells)
                rows[heading] = result.values
                if heading == "occurred_date":
                    rows["has_no_date"] = result.texts.spread(result.is_blank, True)
        frame = pd.DataFrame(rows, copy=False)
        if table is schema.ASSESSMENT_ITEMS:
            frame["instrument_id"] = self.named["assessments"].of("instrument_id", frame["assessment_place"].to_numpy())
        elif "episode_place" in frame:
            self._carry(frame)
        self._note_repeated(table, frame)
        return frame

    def _identified(self, table: Table, column: schema.Column, cells: pd.Series[str]) -> dict[str, Any]:
        """Return the place of the row each identifier names, under the name of what it names; note what is wrong."""
        parent = parent_of(column)
        form = normal_form(cells)
        blank = form.isna()
        if column.required:
            self._found.note(table.name, {"missing_required": blank})
        if not parent and column.purpose == "participant" and column.name != "participant_id":
            self._search_identifiers(table, column, cells)
            return {"linked": self.named["participants"].places(form)}
        if not parent:
            self._search_identifiers(table, column, cells)
            self.named[table.name] = named(form)
            self._found.note(table.name, {"duplicate_key": form.notna() & form.duplicated()})
            return {}
        places = self.named[parent].places(form)
        unknown = (places < 0) & ~blank.to_numpy()
        if unknown.any():
            self._found.note(table.name, {"unknown_reference" if column.required else "unknown_link": unknown})
            self._search_identifiers(table, column, cells[unknown])
        return {place_of(column): places}

    def _search_identifiers(self, table: Table, column: schema.Column, cells: pd.Series[str]) -> None:
        suspicious = cells[cells.str.contains(text.MAY_BE_IDENTIFIER).fillna(False).astype(bool)]
        for one in suspicious.unique():
            if rule := text.refusing(one, "id"):
                self._found.refusals.add((table.name, str(column.incoming), rule))

    def _typed(self, table: Table, column: schema.Column, cells: pd.Series[Any]) -> Typed:
        """Return a column typed and note the rows that break a rule by it."""
        heading = str(column.incoming)
        allowed = self._instruments if heading == "instrument_id" else column.allowed
        result = typed(column, cells, allowed)
        self._found.note(table.name, result.broken)
        is_label = column.transform == "label"
        kind: text.Kind = "place" if heading in text.PLACES else "label" if is_label else "code"
        stripped = result.texts.stripped
        searched = stripped[stripped.ne("")] if is_label else stripped[result.is_unread]
        for place, said in zip(searched.index, result.texts.given[searched.index], strict=True):
            if rule := text.refusing(said, kind):
                self._found.refusals.add((table.name, heading, rule))
            if column.transform in ("label", "category") and (rule := text.keeping_out(said, kind)):
                self._found.note(table.name, {rule: result.texts.codes == place})
        if heading == "age" and ((result.values < ADULT) & (result.values >= 0) | (cells == "<18")).any():
            self._found.refusals.add((table.name, heading, "minors"))
        return result

    def _carry(self, rows: pd.DataFrame) -> None:
        """Add to rows of an episode what is known of it; days are counted from its enrolment, without it none is."""
        episodes, places = self.named["episodes"], rows["episode_place"].to_numpy()
        rows["enrolled"], rows["extract"] = (episodes.of(name, places) for name in ("enrolled_date", "extract_date"))
        rows["extract"] = rows["extract"].where(rows["enrolled"].notna())
        rows["person"] = episodes.of("person", places, -1)
        if "exited" in episodes.known:
            rows["exited"], rows["died"] = episodes.of("exited", places), episodes.of("died", places, False)

    def _note_repeated(self, table: Table, rows: pd.DataFrame) -> None:
        """Note the rows of a table without an identifier of its own whose key an earlier row has."""
        if not table.incoming[0].references:
            return
        columns = [table.column(name) for name in table.key]
        parts = {one.name: rows[place_of(one) if parent_of(one) else str(one.incoming)] for one in columns}
        keys = pd.DataFrame(parts, copy=False)
        if "start_day" in keys:
            keys["start_day"] = keys["start_day"].where(rows["enrolled"].notna())
        places = [one.name for one in columns if parent_of(one)]
        keys[places] = keys[places].where(keys[places] >= 0)
        self._found.note(table.name, {"duplicate_key": repeated(table, keys)})
