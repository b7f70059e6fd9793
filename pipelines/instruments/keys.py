"""Reads one table of a TOML file key by key, noting every fault instead of stopping at the first."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from pipelines.faults import Fault


class Keys:
    """The keys of one TOML table; each is taken once, and what nobody took is a fault.

    A method gives the value, or an empty one of the same type after noting what is wrong. A fault
    names the file and the key, never the value.
    """

    def __init__(self, where: str, given: Mapping[str, object], faults: list[Fault]) -> None:
        self._where = where
        self._given = dict(given)
        self._faults = faults

    def fault(self, key: str, rule: str, remedy: str) -> None:
        """Note a fault of `key`."""
        self._faults.append(Fault(f"{self._where}: {key}", rule, remedy))

    def text(self, key: str, *, required: bool = False) -> str:
        """Take one text that is not empty; an empty one if the key is absent."""
        value = self._take(key, required)
        if value is None:
            return ""
        if not isinstance(value, str) or not value.strip():
            self.fault(key, "is not a text", "Write it in quotation marks")
            return ""
        return value.strip()

    def choice(self, key: str, allowed: Sequence[str], default: str | None = None) -> str:
        """Take one of the words `allowed`; without `default` the key is required."""
        value = self._take(key, default is None)
        if value is None:
            return default or allowed[0]
        if not isinstance(value, str) or value not in allowed:
            self.fault(key, "is not one of the words allowed", f"Use one of: {', '.join(allowed)}")
            return allowed[0]
        return value

    def number(self, key: str, *, required: bool = False) -> float | None:
        """Take one finite number; None if the key is absent."""
        value = self._take(key, required)
        if value is None:
            return None
        if not _is_number(value):
            self.fault(key, "is not a number", "Write a number, with a point for decimals and without quotation marks")
            return None
        return float(value)  # type: ignore[arg-type]

    def whole(self, key: str, low: int, high: int, *, required: bool = True) -> int | None:
        """Take one whole number from `low` to `high`; None if the key is absent."""
        value = self._take(key, required)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.fault(key, "is not a whole number in range", f"Write a whole number from {low} to {high}")
            return None
        return value

    def flag(self, key: str, default: bool | None = None) -> bool:
        """Take true or false; without `default` the key is required."""
        value = self._take(key, default is None)
        if value is None:
            return bool(default)
        if not isinstance(value, bool):
            self.fault(key, "is not true or false", "Write true or false without quotation marks")
            return False
        return value

    def numbers(self, key: str) -> tuple[float, ...]:
        """Take a list of finite numbers; an empty one if the key is absent."""
        value = self._take(key, required=False)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(_is_number(each) for each in value):
            self.fault(key, "is not a list of numbers", "Write it like [1, 2, 3]")
            return ()
        return tuple(float(each) for each in value)

    def items(self, key: str, n_items: int) -> tuple[int, ...]:
        """Take a list of item numbers, each from 1 to `n_items` and named once; an empty one if the key is absent."""
        value = self._take(key, required=False)
        if value is None:
            return ()
        whole = isinstance(value, list) and all(isinstance(each, int) and not isinstance(each, bool) for each in value)
        if not isinstance(value, list) or not whole:
            self.fault(key, "is not a list of item numbers", "Write it like [2, 5]; never the wording of an item")
            return ()
        if len(set(value)) < len(value) or not all(1 <= each <= n_items for each in value):
            self.fault(key, "names an item twice or one there is not", f"Name each item once, from 1 to {n_items}")
            return ()
        return tuple(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """Take a list of texts; an empty one if the key is absent."""
        value = self._take(key, required=False)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(each, str) and each.strip() for each in value):
            self.fault(key, "is not a list of texts", 'Write it like ["one", "two"]')
            return ()
        return tuple(each.strip() for each in value)

    def table(self, key: str) -> dict[str, object]:
        """Take a table; an empty one if the key is absent."""
        value = self._take(key, required=False)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.fault(key, "is not a table", f"Write it under a heading [{key}]")
            return {}
        return value

    def tables(self, key: str) -> list[dict[str, object]]:
        """Take a list of tables; an empty one if the key is absent."""
        value = self._take(key, required=False)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self.fault(key, "is not a list of tables", f"Write each under a heading [[{key}]]")
            return []
        return value

    def whole_or_table(self, key: str, names: Sequence[str], high: int) -> dict[str, int]:
        """Take one whole number from 0 to `high` for all of `names`, or a table with one for each."""
        if isinstance(self._given.get(key), dict):
            given = Keys(f"{self._where}: {key}", self.table(key), self._faults)
            taken = {name: given.whole(name, 0, high) for name in names}
            given.close()
            return {name: each for name, each in taken.items() if each is not None}
        every = self.whole(key, 0, high)
        return {} if every is None else dict.fromkeys(names, every)

    def close(self) -> None:
        """Note a fault for every key nobody took."""
        for key in self._given:
            self.fault(
                key,
                "is not a key of an instrument's file",
                "Remove it, or see the shipped files for the keys there are; the wording of items is never kept",
            )

    def _take(self, key: str, required: bool) -> object:
        if key not in self._given:
            if required:
                self.fault(key, "is missing", "Add it; the shipped files show how")
            return None
        return self._given.pop(key)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
