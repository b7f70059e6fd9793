"""A visitor without a browser: Streamlit's own messages over its websocket, so that thirty of them fit on two cores.

It opens a page, remembers the widgets that are drawn, sends what a browser sends when one is used, and waits until the
script has finished. What a browser does with the answer is not in its times.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

ANSWER_SECONDS = 120
LARGEST = 200_000_000
BROKEN = "Something went wrong"


class NotAnswered(Exception):
    """The page broke off, or did not show what was chosen."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A widget to choose from: its identifier and what it offers."""

    id: str
    options: tuple[str, ...]


@dataclass
class Visitor:
    """One session: the pages it can go to, the widgets seen and those drawn last, what is chosen in each.

    `kept` are the large messages that a browser keeps: the server names them by their hash instead of sending them.
    """

    connection: ClientConnection
    pages: dict[str, str] = field(default_factory=dict)
    page: str = ""
    choices: dict[str, Choice] = field(default_factory=dict)
    drawn: set[str] = field(default_factory=set)
    chosen: dict[str, tuple[str, ...]] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)
    received: int = 0

    async def open(self, page: str = "", query: str = "") -> float:
        """Open a page by its name in the address, as a link does; return the seconds until it is worked out."""
        if page and not self.pages:
            await self.open()
        self.page = self.pages.get(page, "")
        return await self._run(query)

    async def choose(self, label: str, options: Sequence[str]) -> float:
        """Choose `options` of the widget `label` and return the seconds until the page is worked out anew."""
        self.chosen[label] = tuple(options)
        return await self._run()

    async def _run(self, query: str = "") -> float:
        message = BackMsg()
        state = message.rerun_script
        state.query_string = query
        state.page_script_hash = self.page
        state.cached_message_hashes.extend(self.kept)
        state.context_info.timezone = "UTC"
        state.context_info.color_scheme = "light"
        for label, options in self.chosen.items():
            if label in self.choices:
                widget = state.widget_states.widgets.add()
                widget.id = self.choices[label].id
                widget.string_array_value.data.extend(options)
        start = time.perf_counter()
        await self.connection.send(message.SerializeToString())
        await self._until_finished()
        return time.perf_counter() - start

    async def _until_finished(self) -> None:
        """Take in messages until the script has run to its end; NotAnswered if the page says that it could not."""
        self.said.clear()
        self.drawn.clear()
        while True:
            sent = await self.connection.recv()
            assert isinstance(sent, bytes)
            self.received += len(sent)
            message = ForwardMsg.FromString(sent)
            kind = message.WhichOneof("type")
            if message.metadata.cacheable:
                self.kept.add(message.hash)
            if kind == "delta" and message.delta.HasField("new_element"):
                self._note(message.delta.new_element)
            elif kind == "navigation":
                self.pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
            elif kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                break
        if any(BROKEN in text for text in self.said):
            raise NotAnswered("the page broke off")

    def _note(self, element: Element) -> None:
        """Remember a widget, what is chosen in it at first, and words."""
        kind = element.WhichOneof("type")
        if kind == "multiselect":
            self._offer(element.multiselect.label, element.multiselect.id, element.multiselect.options)
        elif kind == "button_group":
            group = element.button_group
            self._offer(group.label, group.id, [option.content for option in group.options])
            self.chosen.setdefault(group.label, tuple(group.options[place].content for place in group.default))
        elif kind == "html":
            self.said.append(element.html.body)

    def _offer(self, label: str, widget: str, options: Iterable[str]) -> None:
        self.choices[label] = Choice(widget, tuple(options))
        self.drawn.add(label)


@asynccontextmanager
async def visit(address: str) -> AsyncIterator[Visitor]:
    """Yield a session of the dashboard at `address` that has opened nothing yet."""
    target = f"ws://{urlsplit(address).netloc}/_stcore/stream"
    async with connect(
        target,
        subprotocols=["streamlit"],  # type: ignore[list-item]
        compression=None,
        max_size=LARGEST,
        ping_interval=None,
        open_timeout=ANSWER_SECONDS,
        proxy=None,
    ) as connection:
        yield Visitor(connection)
