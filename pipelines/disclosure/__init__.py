"""The gate: protected counts are built once, audited, written down and read; nobody's own record leaves by it."""
