"""Files in other encodings, with marks, NUL bytes and bytes that are no UTF-8."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.pipelines.bad_files.case import SECRET, Case, Equal, KeptOut, Refused, Write, cells, file_of, packed, rows_of
from tests.pipelines.raw_world import world, write

NUL = "holds NUL bytes"
SINGLE_BYTE = "is not written in UTF-8"
SITES = f"site_id,site_code,region,setting\n{SECRET}-S1,Cedar Hill,{SECRET} %s,rco\n{SECRET}-S2,Ashgrove,South,court\n"


def sites(part: bytes, *, before: bytes = b"") -> bytes:
    """The file of sites with some bytes in a cell, and some before everything."""
    return before + SITES.encode().replace(b"%s", part)


def encoded(encoding: str, mark: bytes = b"") -> Callable[[str], bytes]:
    return lambda text: mark + text.replace("South", "Süd").encode(encoding)


BROKEN = {
    "a lone continuation byte": b"\x80",
    "a cut sequence": b"\xe2\x82 x",
    "an overlong slash": b"\xc0\xaf",
    "an overlong NUL": b"\xc0\x80",
    "an overlong letter of three bytes": b"\xe0\x81\x81",
    "half a surrogate pair": b"\xed\xa0\x80",
    "a surrogate pair written as two letters": b"\xed\xa0\xbd\xed\xb8\x80",
    "a letter beyond the last": b"\xf4\x90\x80\x80",
    "a sequence of five bytes": b"\xf8\x88\x80\x80\x80",
    "a byte that no encoding of letters has": b"\xff",
    "a Latin-1 letter": "é".encode("latin-1"),
    "Windows-1252 quotation marks": "“x”".encode("cp1252"),
    "a Mac Roman letter": "é".encode("mac_roman"),
    "Shift JIS": "日本".encode("shift_jis"),
    "GB 18030": "中文".encode("gb18030"),
    "KOI8-R": "мир".encode("koi8_r"),
}


def cases() -> Iterator[Case]:
    """Yield every case."""
    whole = {
        "UTF-16 with a mark, little end first": (encoded("utf-16-le", codecs.BOM_UTF16_LE), "UTF-16"),
        "UTF-16 with a mark, big end first": (encoded("utf-16-be", codecs.BOM_UTF16_BE), "UTF-16"),
        "UTF-16 without a mark": (encoded("utf-16-le"), NUL),
        "UTF-32 with a mark, little end first": (encoded("utf-32-le", codecs.BOM_UTF32_LE), "UTF-32"),
        "UTF-32 with a mark, big end first": (encoded("utf-32-be", codecs.BOM_UTF32_BE), "UTF-32"),
        "UTF-32 without a mark": (encoded("utf-32-be"), NUL),
        "Latin-1": (encoded("latin-1"), SINGLE_BYTE),
        "Windows-1252": (encoded("cp1252"), SINGLE_BYTE),
        "IBM 500": (encoded("cp500"), SINGLE_BYTE),
    }
    for name, (content, rule) in whole.items():
        yield Case(name, file_of("sites.csv", content), Refused("sites.csv", rule))
    yield Case("UTF-7", file_of("sites.csv", encoded("utf-7", b"+/v8-")), Refused("sites.csv", "has no column"))
    for name, part in BROKEN.items():
        yield Case(name, file_of("sites.csv", sites(part)), Refused("sites.csv", SINGLE_BYTE))
    yield Case(
        "Latin-1 far down the file",
        file_of("sites.csv", lambda text: (text * 20_000).encode() + f"{SECRET},é,,\n".encode("latin-1")),
        Refused("sites.csv", SINGLE_BYTE),
    )
    yield Case("Latin-1, compressed", packed("sites.csv", encoded("latin-1")), Refused("sites.csv.gz", SINGLE_BYTE))
    yield Case("UTF-16, compressed", packed("sites.csv", encoded("utf-16")), Refused("sites.csv.gz", "UTF-16"))
    yield Case("a NUL in a cell", file_of("sites.csv", sites(b"\0")), Refused("sites.csv", NUL))
    yield Case("NULs at the end", file_of("sites.csv", lambda text: text + "\0" * 512), Refused("sites.csv", NUL))
    yield Case("a NUL in a cell, compressed", packed("sites.csv", sites(b"\0")), Refused("sites.csv.gz", NUL))
    yield Case(
        "two byte order marks",
        file_of("sites.csv", sites(b"", before=codecs.BOM_UTF8 * 2)),
        Refused("sites.csv", "column 1 has invisible letters in its heading"),
    )
    marked = {f"{name}.csv" for name in ("sites", "participants", "episodes", "sessions")}
    for name in sorted(marked):
        yield Case(f"a byte order mark before {name}", _marked(name), Equal())
    yield Case("a byte order mark before a quoted heading", _marked("sites.csv", quoted=True), Equal())
    yield Case(
        "a byte order mark before the second of two files put together",
        rows_of(
            lambda tables: tables["participants"].append(tables["participants"][0] | {"participant_id": "\ufeffP-1"})
        ),
        KeptOut("duplicate_key", "participants"),
        secrets=(),
    )
    for name, letter in {
        "the bell": "\x07",
        "an escape sequence": "\x1b[31m",
        "a right-to-left mark": "\u202e",
    }.items():
        yield Case(
            f"{name} in an entry", cells("sessions", kind=f"{SECRET}{letter}"), KeptOut("unknown_category", "sessions")
        )


def _marked(name: str, *, quoted: bool = False) -> Write:
    def write_case(folder: Path) -> Path:
        source = write(folder / "in", world())
        content = (source / name).read_bytes()
        if quoted:
            heading, _, rest = content.partition(b"\r\n")
            content = b",".join(b'"' + part + b'"' for part in heading.split(b",")) + b"\r\n" + rest
        (source / name).write_bytes(codecs.BOM_UTF8 + content)
        return source

    return write_case
