"""Estimators as pure functions of count tables: no SQL, no files, no person rows."""
