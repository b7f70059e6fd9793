"""Headings: twice, blank, nearly the same, looking the same, too many, missing."""

from __future__ import annotations

from collections.abc import Iterator

from tests.pipelines.bad_files.case import SECRET, Case, Refused, file_of

ROW = f"{SECRET}-S1,Cedar Hill,North,rco"
HEADINGS: dict[str, tuple[str, str]] = {
    "the same heading twice": ("site_id,site_code,region,region", "columns 3 and 4 have the same heading"),
    "headings that differ in capitals": ("site_id,site_code,region,REGION", "columns 3 and 4 have the same heading"),
    "headings that differ in blanks": ("site_id,site_code,region, region ", "columns 3 and 4 have the same heading"),
    "a heading twice in letters of which one folds": ("site_id,site_code,setting,\u017fetting", "columns 3 and 4"),
    "the sign of Kelvin for a K": ("site_id,site_code,risk,ris\u212a", "columns 3 and 4 have the same heading"),
    "a heading three times": ("site_id,region,region,region", "columns 2 and 4 have the same heading"),
    "a blank heading": ("site_id,site_code,,setting", "column 3 has no heading"),
    "a heading of blanks": ("site_id,site_code,  \t ,setting", "column 3 has no heading"),
    "no last heading": ("site_id,site_code,region,", "column 4 has no heading"),
    "no heading at all": (",,,", "the first line is mostly blank"),
    "a title above the headings": ("Sites of 2025,,,", "the first line is mostly blank"),
    "a line for Excel above the headings": ("sep=,", "begins with a line for Excel that names the separator"),
    "a heading kept for row numbers": ("site_id,site_code,Row_No,setting", "column 3 is called row_no"),
    "a Cyrillic letter in a heading": ("s\u0456te_id,site_code,region,setting", "has no column site_id"),
    "a Greek letter in a heading": ("s\u03b9te_id,site_code,region,setting", "has no column site_id"),
    "full-width letters in a heading": (
        "\uff53\uff49\uff54\uff45_id,site_code,region,setting",
        "has no column site_id",
    ),
    "a zero-width space in a heading": (
        "site\u200b_id,site_code,region,setting",
        "column 1 has invisible letters in its heading",
    ),
    "a soft hyphen in a heading": (
        "site_id,site\u00ad_code,region,setting",
        "column 2 has invisible letters in its heading",
    ),
    "a no-break space in a heading": ("site\u00a0id,site_code,region,setting", "has no column site_id"),
    "a heading in quotes of a book": ("\u201csite_id\u201d,site_code,region,setting", "has no column site_id"),
    "a heading with another name": ("site,site_code,region,setting", "has no column site_id"),
    "values where the heading should be": (f"{SECRET}-S9,Birchwood,East,rco", "has no column site_id"),
    "a heading that is a statement": ("site_id);drop table x;--,site_code,region,setting", "has no column site_id"),
    "a heading that is a format": ("{site_id},site_code,%s,$region", "has no column site_id"),
}


def cases() -> Iterator[Case]:
    """Yield every case."""
    for name, (heading, rule) in HEADINGS.items():
        content = f"{heading}\n{ROW}\n".encode()
        faults = {"a heading three times": 2, "a heading that is a format": 1}.get(name, 1)
        yield Case(name, file_of("sites.csv", content), Refused("sites.csv", rule, faults))
    yield Case(
        "a required column that is missing",
        file_of("sessions.csv", lambda text: text.replace("status", "state", 1)),
        Refused("sessions.csv", "has no column status"),
    )
    yield Case(
        "every required column missing",
        file_of("episodes.csv", f"a,b\n{SECRET},2\n".encode()),
        Refused("episodes.csv", "has no column enrolled_date", 5),
    )
    for columns in (6_000, 100_000):
        heads = ",".join(["site_id", "site_code", *(f"c{n}" for n in range(columns))])
        row = ",".join([SECRET, "x", *["1"] * columns])
        yield Case(
            f"{columns:,} columns",
            file_of("sites.csv", f"{heads}\n{row}\n".encode()),
            Refused("sites.csv", "has more than 5,000 columns"),
            heavy=columns == 100_000,
        )
    yield Case(
        "a heading of half a megabyte",
        file_of("sites.csv", f"site_id,{SECRET * 18_000},region,setting\n{ROW}\n".encode()),
        Refused("sites.csv", "a heading is longer than"),
    )
