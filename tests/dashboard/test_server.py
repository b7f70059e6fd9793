"""The server: who may listen where, whom it answers, what it refuses before it starts."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request

from dashboard import answers, server


@pytest.fixture
def never_run(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """Keep uvicorn from starting; what it would have been given is kept."""
    started: list[dict[str, object]] = []
    monkeypatch.setattr(server.uvicorn, "run", lambda app, **given: started.append({"app": app, **given}))
    monkeypatch.setattr(server, "create_app", lambda audience: audience)
    monkeypatch.setenv("RECOVERY_OUTCOMES_AUDIENCE", "public")
    monkeypatch.setenv("RECOVERY_OUTCOMES_ROLE", "")
    return started


def test_a_port_that_is_taken_is_seen() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not server.port_is_free("127.0.0.1", port)
        with pytest.raises(OSError, match=f"port {port} is in use"):
            server.serve("public", port=port)
    assert server.port_is_free("127.0.0.1", port)


def test_the_managers_door_listens_on_this_machine_alone(never_run: list[dict[str, object]]) -> None:
    with pytest.raises(ValueError, match="this machine alone"):
        server.serve("manager", host="0.0.0.0")
    with pytest.raises(ValueError, match="no audience"):
        server.serve("everyone")
    assert never_run == []


def test_serving_sets_the_audience_and_the_websocket_of_the_measured_recipe(
    never_run: list[dict[str, object]], tmp_path: Path
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server.serve("public", port=port, home=tmp_path, role="funder")
    (given,) = never_run
    assert given["app"] == "public"
    assert given["ws"] == "websockets-sansio"
    assert given["ws_per_message_deflate"] is False
    assert "workers" not in given, "several workers lose TCP_NODELAY"
    assert answers.audience() == "public"
    assert answers.role() == "funder"
    assert answers.data_home() == tmp_path


def test_a_browser_is_opened_once_somebody_listens_and_not_before(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(server.webbrowser, "open", opened.append)
    with socket.socket() as late:
        late.bind(("127.0.0.1", 0))
        port = late.getsockname()[1]
        server.open_when_it_answers("http://here", "127.0.0.1", port, patience=0.5)
        assert opened == []
        late.listen()
        server.open_when_it_answers("http://here", "127.0.0.1", port)
    assert opened == ["http://here"]


def test_only_the_managers_door_answers_to_its_own_names_alone() -> None:
    def guarded(audience: str) -> bool:
        return any(kept.cls is TrustedHostMiddleware for kept in server.create_app(audience)._user_middleware)

    assert guarded("manager")
    assert not guarded("public")


def finished(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine in a thread of its own: a browser test of the same process may hold this one's event loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def test_the_version_route_tells_version_and_audience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOVERY_OUTCOMES_AUDIENCE", "public")
    monkeypatch.setattr(answers, "current_version", lambda audience, home: "release-0007")
    answer = finished(server._version(Request({"type": "http"})))
    assert answer.body == b'{"version":"release-0007","audience":"public"}'


def test_a_missing_option_stops_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    async def start() -> None:
        async with server._warm(None):  # type: ignore[arg-type]
            raise AssertionError("it must not start")

    monkeypatch.setattr(st, "get_option", lambda name: True)
    with pytest.raises(RuntimeError, match="gatherUsageStats"):
        finished(start())
