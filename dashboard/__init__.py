"""Estimates in, pages out: charts, sentences, tables, reports and downloads."""
