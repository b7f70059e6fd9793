"""Canonical records of some people turned into the export another system would make of them, for tests of mappings."""
