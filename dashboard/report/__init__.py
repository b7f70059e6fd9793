"""The one-page report: estimates in, a self-contained HTML file out; no script, no address but its own."""

from dashboard.report.page import build_report, questions, write_report

__all__ = ["build_report", "questions", "write_report"]
