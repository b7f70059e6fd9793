"""Saved views: kept and found again, by name; bad names, a damaged file and a closed folder are said with a remedy."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from dashboard import kept_file, saved_views
from dashboard.answers import InputFault

QUERY = {"site": ["Ashgrove", "Riverside"], "by": ["Early alliance"], "empty": []}


def test_a_view_is_found_again_as_it_was_saved_and_only_by_its_owner(tmp_path: Path) -> None:
    assert saved_views.saved_views(tmp_path) == []
    saved_views.save(tmp_path, "  Two  sites ", "staying", QUERY)
    (view,) = saved_views.saved_views(tmp_path)
    assert (view.name, view.page) == ("Two sites", "staying")
    assert view.parameters == {"by": ["Early alliance"], "site": ["Ashgrove", "Riverside"]}
    assert stat.S_IMODE((tmp_path / kept_file.FOLDER / saved_views.NAME).stat().st_mode) == 0o600


def test_a_view_of_the_same_name_is_replaced_and_a_removed_one_is_gone(tmp_path: Path) -> None:
    saved_views.save(tmp_path, "one", "staying", QUERY)
    saved_views.save(tmp_path, "two", "overview", {})
    saved_views.save(tmp_path, "one", "overview", {})
    assert [(view.name, view.page) for view in saved_views.saved_views(tmp_path)] == [
        ("two", "overview"), ("one", "overview")]  # fmt: skip
    saved_views.remove(tmp_path, "two")
    saved_views.remove(tmp_path, "never there")
    assert [view.name for view in saved_views.saved_views(tmp_path)] == ["one"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\x07b"])
def test_a_view_needs_a_short_name_that_can_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputFault, match="Type a short name"):
        saved_views.save(tmp_path, name, "staying", {})
    assert not (tmp_path / kept_file.FOLDER / saved_views.NAME).exists()


def test_there_is_an_end_to_the_number_of_views(tmp_path: Path) -> None:
    for number in range(saved_views.MOST_VIEWS):
        saved_views.save(tmp_path, f"view {number}", "staying", {})
    with pytest.raises(InputFault, match="Remove one"):
        saved_views.save(tmp_path, "one more", "staying", {})
    saved_views.save(tmp_path, "view 3", "overview", {})


@pytest.mark.parametrize("content", ["", "{}", "[1]", '[{"name": "a"}]', '[{"name": "a", "page": "b", "query": []}]'])
def test_a_damaged_file_is_said_with_its_remedy_and_not_written_over(tmp_path: Path, content: str) -> None:
    path = tmp_path / kept_file.FOLDER / saved_views.NAME
    path.parent.mkdir()
    path.write_text(content)
    for act in (lambda: saved_views.saved_views(tmp_path), lambda: saved_views.save(tmp_path, "a", "staying", {})):
        with pytest.raises(InputFault, match="saved views"):
            act()
    assert path.read_text() == content


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file where the folder should be")
    with pytest.raises(InputFault):
        saved_views.save(tmp_path, "a", "staying", {})
