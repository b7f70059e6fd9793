"""The simulator: invented people whose true risks are known, so that every estimate has a referee."""
