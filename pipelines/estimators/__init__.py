"""How each family of measures is worked out from day counts: pure functions of a request, rows of estimates back."""
