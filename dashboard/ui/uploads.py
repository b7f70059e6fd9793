"""Files a person added and what was counted of them: held for one page, let go on every other.

Streamlit keeps the files of an uploader that is no longer drawn until the session ends; here they go at once.
"""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

KEY = "import"
"""Where the import of a session is remembered."""


def forget() -> None:
    """Forget the import of this session and its files; for pages that are not about it."""
    if KEY in st.session_state:
        del st.session_state[KEY]
        let_go()


def let_go() -> None:
    """Remove the files of this session from the server's memory."""
    context = get_script_run_ctx()
    remove = getattr(context.uploaded_file_mgr, "remove_session_files", None) if context is not None else None
    if context is not None and remove is not None:
        remove(context.session_id)
