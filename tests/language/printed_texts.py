"""The texts that the pages print from files and registries, not from the dashboard's own code."""

from __future__ import annotations

from collections.abc import Iterator

from tests.language.data_texts import texts_of_data


def printed_texts() -> Iterator[tuple[str, str]]:
    """Yield every such text with the file it stands in."""
    yield from texts_of_data()
