"""Run the dashboard: Streamlit as an application under uvicorn, warmed up, with one collection that is then frozen."""

from __future__ import annotations

import importlib
import os
import socket
import threading
import time
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard import answers, plotly_js, settled_memory
from dashboard.ui import chart

ENTRY = Path(__file__).with_name("app.py")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
WARM = ("pandas", "dashboard.charts", "dashboard.sentences", "dashboard.ui.card")
WARM_FOR = {"manager": "pipelines.estimate", "public": "pipelines.disclosure.reader"}
IMPORT = "dashboard.import_gate"
"""The import of files: it alone leaves something behind if the machine stops, and the next start clears it."""
NEEDED_OPTIONS = {
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.toolbarMode": "viewer",
    "logger.level": "warning",
    "runner.magicEnabled": False,
    "runner.postScriptGC": False,
    "server.enableStaticServing": True,
}
"""Options the dashboard depends on; usage statistics above all must be off, and no log of who asked for which address,
which holds the filters. `settled_memory` says why nothing is collected after a run."""


def port_is_free(host: str, port: int) -> bool:
    """Tell whether a server could listen on `host` and `port` now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def serve(
    audience: str,
    host: str = "127.0.0.1",
    port: int = 8501,
    *,
    home: Path | None = None,
    role: str | None = None,
    open_browser: bool = False,
) -> None:
    """Serve the dashboard until it is stopped; `audience` is 'manager' or 'public', `role` narrows the public menu.

    Raises ValueError for an unknown audience and for a manager's door on another address than this machine's own,
    OSError if the port is taken.
    """
    if audience not in answers.AUDIENCES:
        raise ValueError(f"there is no audience {audience!r}")
    if audience == "manager" and host not in LOOPBACK:
        raise ValueError("the manager's door listens on this machine alone")
    if not port_is_free(host, port):
        raise OSError(f"port {port} is in use")
    os.environ["RECOVERY_OUTCOMES_AUDIENCE"] = audience
    if role is not None:
        os.environ["RECOVERY_OUTCOMES_ROLE"] = role
    if home is not None:
        os.environ["RECOVERY_OUTCOMES_HOME"] = str(Path(home).absolute())
    address = f"http://{'localhost' if host in LOOPBACK else host}:{port}"
    print(f"The dashboard is at {address} (Ctrl+C stops it).", flush=True)
    if open_browser:
        threading.Thread(target=open_when_it_answers, args=(address, host, port), daemon=True).start()
    uvicorn.run(
        create_app(audience),
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        ws="websockets-sansio",
        ws_max_size=200_000_000,
        ws_ping_interval=30,
        ws_ping_timeout=30,
        ws_per_message_deflate=False,
    )


def open_when_it_answers(address: str, host: str, port: int, patience: float = 120.0) -> None:
    """Open `address` in a browser once the server listens on `host` and `port`; never after `patience` seconds."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            with socket.create_connection((host, port), timeout=1):
                pass
        except OSError:
            time.sleep(0.2)
        else:
            webbrowser.open(address)
            return


def create_app(audience: str | None = None) -> st.App:
    """Return the application; without `audience` that of the environment (`uvicorn --factory` calls it so)."""
    middleware = []
    if (audience or answers.audience()) == "manager":
        # A page elsewhere could point its own name at this machine; only our names are answered.
        middleware.append(Middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1", "[::1]"]))
    routes = [Route("/version", _version), Route(plotly_js.ADDRESS, _plotly)]
    chart.take_library_from(plotly_js.ADDRESS)
    return st.App(ENTRY, lifespan=_warm, routes=routes, middleware=middleware)


@asynccontextmanager
async def _warm(_app: st.App) -> AsyncIterator[dict[str, Any] | None]:
    """Import what the first page needs, open the data, collect once and freeze: later collections have little to do."""
    wrong = {name: needed for name, needed in NEEDED_OPTIONS.items() if st.get_option(name) != needed}
    if wrong:
        raise RuntimeError(f"these options must be set as in dashboard/.streamlit/config.toml: {', '.join(wrong)}")
    audience = answers.audience()
    for name in (*WARM, WARM_FOR[audience]):
        importlib.import_module(name)
    if audience == "manager":
        importlib.import_module(IMPORT).remove_leftovers()
    plotly_js.compressed()
    settled_memory.collect_seldom()
    settled_memory.settle()
    yield None


async def _version(_request: Request) -> JSONResponse:
    """Answer with the data version that is read now."""
    audience = answers.audience()
    return JSONResponse({"version": answers.current_version(audience, answers.data_home()), "audience": audience})


async def _plotly(_request: Request) -> Response:
    return plotly()


def plotly() -> Response:
    """Return Plotly's JavaScript as an answer the browser may keep for good."""
    return Response(plotly_js.compressed(), headers=plotly_js.HEADERS)
