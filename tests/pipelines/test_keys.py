"""The key: who may read it, where it may lie, and that it shows itself nowhere. Referee: Python's hmac."""

from __future__ import annotations

import copy
import hashlib
import hmac
import logging
import os
import pickle
import traceback
import uuid
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines import keys, warehouse
from pipelines.faults import InputFault
from pipelines.keys import Key

SECRET = bytes(range(100, 132))


def rules_of(caught: pytest.ExceptionInfo[InputFault]) -> str:
    return str(caught.value)


def test_a_code_is_hmac_sha256_of_the_normal_form() -> None:
    sub_key = hmac.new(SECRET, b"recovery-outcomes/participant/epoch-1", hashlib.sha256).digest()
    expected = hmac.new(sub_key, b"p-17 a", hashlib.sha256).digest()[:16]
    assert Key(SECRET).code("participant", "  P-17\t A ") == uuid.UUID(bytes=expected)


@pytest.mark.parametrize("purpose", keys.ROW_PURPOSES)
def test_a_code_of_rows_is_half_of_one_hash_of_sub_key_and_normal_form(purpose: str) -> None:
    sub_key = hmac.new(SECRET, f"recovery-outcomes/{purpose}/epoch-1".encode(), hashlib.sha256).digest()
    expected = hashlib.sha256(sub_key + b"v-17 a").digest()
    assert Key(SECRET).code(purpose, "  V-17\t A ") == uuid.UUID(bytes=expected[:16])
    assert Key(SECRET).coding(purpose) == (sub_key, None)


def test_people_coaches_sites_and_episodes_keep_hmac() -> None:
    assert {"participant", "coach", "site", "episode"}.isdisjoint(keys.ROW_PURPOSES)


def test_purposes_and_epochs_never_share_a_sub_key() -> None:
    key = Key(SECRET)
    made = {key.sub_key(purpose, epoch) for purpose in keys.PURPOSES for epoch in (1, 2)}
    assert len(made) == 2 * len(keys.PURPOSES)
    with pytest.raises(ValueError, match="no such purpose"):
        key.sub_key("patient")


@given(st.binary(min_size=32, max_size=32), st.sampled_from(keys.PURPOSES), st.binary(max_size=90))
def test_padded_sub_keys_compose_to_hmac(secret: bytes, purpose: str, message: bytes) -> None:
    key = Key(secret)
    inner, outer = key.padded(purpose)
    composed = hashlib.sha256(outer + hashlib.sha256(inner + message).digest()).digest()
    assert composed == hmac.new(key.sub_key(purpose), message, hashlib.sha256).digest()


@given(st.text())
def test_the_normal_form_is_stable_and_ignores_capitals_and_blanks(text: str) -> None:
    once = keys.normal_form(text)
    assert keys.normal_form(once) == once
    assert keys.normal_form(f" \t{text}\u3000") == once
    assert "  " not in once


def test_full_width_and_composed_spellings_are_one_identifier() -> None:
    assert keys.normal_form("Ｐ－１７") == keys.normal_form("P-17")
    assert keys.normal_form("Jose\u0301") == keys.normal_form("jos\u00e9")
    assert keys.normal_form("STRASSE") == keys.normal_form("straße")


def test_the_first_load_makes_a_key_of_32_bytes_for_its_owner_alone(tmp_path: Path) -> None:
    key, fresh = keys.key_for(tmp_path / "home")
    assert fresh
    assert not keys.key_path().exists()
    keys.keep(key)
    assert keys.key_path().stat().st_mode & 0o777 == 0o600
    assert keys.key_path().stat().st_size == 32
    assert list(keys.key_path().parent.iterdir()) == [keys.key_path()]
    again, fresh = keys.key_for(tmp_path / "home")
    assert (again.key_id, fresh) == (key.key_id, False)


def test_a_key_that_is_there_is_never_replaced(tmp_path: Path) -> None:
    first, _ = keys.key_for(tmp_path / "home")
    keys.keep(first)
    before = keys.key_path().read_bytes()
    with pytest.raises(InputFault, match="another load"):
        keys.keep(Key(SECRET))
    assert keys.key_path().read_bytes() == before
    assert list(keys.key_path().parent.iterdir()) == [keys.key_path()]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o666, 0o620, 0o610])
def test_a_key_others_may_read_or_write_is_refused(tmp_path: Path, mode: int) -> None:
    keys.keep(Key(SECRET))
    keys.key_path().chmod(mode)
    with pytest.raises(InputFault, match="chmod 600"):
        keys.key_for(tmp_path / "home")


@pytest.mark.parametrize("content", [b"", SECRET[:31], SECRET + b"\n"])
def test_a_file_that_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    keys.keep(Key(SECRET))
    keys.key_path().write_bytes(content)
    with pytest.raises(InputFault, match="32 bytes"):
        keys.key_for(tmp_path / "home")


def test_a_key_in_the_data_folder_is_refused_also_behind_a_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    (home / "secret").mkdir(parents=True)
    (tmp_path / "link").symlink_to(home / "secret")
    for place in (home / "key", home / "secret" / "key", tmp_path / "link" / "key"):
        monkeypatch.setenv("RECOVERY_OUTCOMES_KEY", str(place))
        with pytest.raises(InputFault, match="lies in the data folder"):
            keys.key_for(home)
        assert not place.exists()


def test_a_place_that_cannot_be_written_is_one_clear_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("RECOVERY_OUTCOMES_KEY", str(tmp_path / "file" / "key"))
    with pytest.raises(InputFault, match="cannot be written"):
        keys.keep(Key(SECRET))


def test_the_key_lies_in_the_configuration_folder_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RECOVERY_OUTCOMES_KEY")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/somewhere/settings")
    assert keys.key_path() == Path("/somewhere/settings/recovery-outcomes/key")
    monkeypatch.delenv("XDG_CONFIG_HOME")
    assert keys.key_path() == Path.home() / ".config" / "recovery-outcomes" / "key"


def records_made_with(home: Path, key: Key) -> None:
    with warehouse.build(home, "records") as con:
        con.execute("create table dataset as select 'key_id' as key, ? as value", [key.key_id])


def test_another_key_than_that_of_the_records_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "home"
    keys.keep(Key(SECRET))
    records_made_with(home, Key(SECRET))
    assert keys.key_for(home)[0].key_id == Key(SECRET).key_id
    keys.key_path().unlink()
    with pytest.raises(InputFault, match="is missing"):
        keys.key_for(home)
    assert not keys.key_path().exists()
    keys.keep(Key(SECRET[::-1]))
    with pytest.raises(InputFault, match="is not the one") as caught:
        keys.key_for(home)
    assert "RECOVERY_OUTCOMES_HOME" in rules_of(caught)


def spellings(secret: bytes) -> list[str]:
    return [secret.hex(), str(secret), str(list(secret)), repr(secret)[2:-1], secret.decode("latin-1")]


def test_the_key_shows_itself_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    key = Key(SECRET)
    caplog.set_level(logging.DEBUG)
    logging.getLogger("test").info("%s %r %s", key, key, {"key": key})
    try:
        raise RuntimeError(f"{key} {key!r} {[key]}")
    except RuntimeError:
        said = traceback.format_exc()
    said += caplog.text + str(key) + repr(key) + f"{key}" + str(dir(key)) + str(getattr(key, "__dict__", ""))
    assert not [spelling for spelling in spellings(SECRET) if spelling in said]
    assert key.key_id in repr(key)
    for leave in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="cannot be pickled"):
            leave(key)


def test_a_wrong_length_is_refused_without_quoting_it() -> None:
    with pytest.raises(ValueError, match="a key has 32 bytes") as caught:
        Key(SECRET[:5])
    assert SECRET[:5].decode("latin-1") not in str(caught.value)


def test_a_fresh_key_is_random(tmp_path: Path) -> None:
    assert len({keys.key_for(tmp_path / "home")[0].key_id for _ in range(20)}) == 20


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_the_folder_of_a_new_key_is_open_to_its_owner_alone() -> None:
    keys.keep(Key(SECRET))
    assert keys.key_path().parent.stat().st_mode & 0o777 == 0o700
