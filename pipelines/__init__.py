"""Records in, estimates out: load, check, score, store, estimate, protect."""

__version__ = "0.1.0"
