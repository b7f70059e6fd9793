"""The secret key of an organisation and the sub-keys made from it, one per purpose and epoch.

The key turns identifiers into keyed codes. Whoever has it can work out whose code is whose, so it lies
in the user's own configuration folder, apart from every data folder, readable by its owner alone. It
never reaches a log, an exception, a representation, a pickle or a file of ours.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
import unicodedata
import uuid
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from pipelines import warehouse
from pipelines.faults import Fault, InputFault

KEY_BYTES = 32
PURPOSES = ("participant", "episode", "coach", "session", "site", "assessment", "event", "noise", "shuffle")
"""What a sub-key is for; a code made for one purpose never equals a code made for another."""
ROW_PURPOSES = ("session", "assessment", "event")
"""Purposes whose codes name rows, not people, places or stays: one hash each, because there are millions of them."""
EPOCH = 1
"""Generation of the sub-keys; a leaked key means a new key, and a new epoch a full load with other codes."""
BLOCK_BYTES = 64
"""Block length of SHA-256 (FIPS 180-4), to which HMAC (RFC 2104) pads its key."""


class Key:
    """The secret key; shows its short identifier and nothing else, and cannot be pickled."""

    __slots__ = ("__secret",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        self.__secret = bytes(secret)

    @property
    def key_id(self) -> str:
        """Eight hexadecimal digits that tell one key from another and say nothing about it."""
        return self._derived("key id")[:4].hex()

    def sub_key(self, purpose: str, epoch: int = EPOCH) -> bytes:
        """Return the 32 bytes of the sub-key for one of `PURPOSES`; ValueError for any other purpose."""
        if purpose not in PURPOSES:
            raise ValueError(f"no such purpose: {purpose}")
        return self._derived(f"{purpose}/epoch-{epoch}")

    def padded(self, purpose: str, epoch: int = EPOCH) -> tuple[bytes, bytes]:
        """Return the inner and the outer padded sub-key of HMAC-SHA256 (RFC 2104), 64 bytes each."""
        block = self.sub_key(purpose, epoch).ljust(BLOCK_BYTES, b"\0")
        return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)

    def coding(self, purpose: str, epoch: int = EPOCH) -> tuple[bytes, bytes | None]:
        """Return the two keys from which the SQL macro `code_of` makes codes; the second is None for `ROW_PURPOSES`."""
        return (self.sub_key(purpose, epoch), None) if purpose in ROW_PURPOSES else self.padded(purpose, epoch)

    def code(self, purpose: str, identifier: str, epoch: int = EPOCH) -> uuid.UUID:
        """Return the keyed code of one identifier: the first 128 bits of HMAC-SHA256 of its normal form.

        For `ROW_PURPOSES` it is that of SHA-256 of the sub-key and the normal form. What HMAC adds is that nobody can
        go on from one hash to that of a longer text; with half of the hash cut off nobody can here either, and
        whoever lacks the 256 bits of the sub-key can tell a code from chance no better than with HMAC.
        """
        message, sub_key = normal_form(identifier).encode(), self.sub_key(purpose, epoch)
        if purpose in ROW_PURPOSES:
            return uuid.UUID(bytes=hashlib.sha256(sub_key + message).digest()[:16])
        return uuid.UUID(bytes=hmac.digest(sub_key, message, hashlib.sha256)[:16])

    def seal(self, content: bytes) -> str:
        """Return the keyed hash of some content, 64 hexadecimal digits; nobody without the key can make or test one."""
        return hmac.digest(self._derived("anchors"), content, hashlib.sha256).hex()

    def _secret_bytes(self) -> bytes:
        return self.__secret

    def _derived(self, label: str) -> bytes:
        return hmac.digest(self.__secret, f"recovery-outcomes/{label}".encode(), hashlib.sha256)

    def __repr__(self) -> str:
        return f"<key {self.key_id}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a key cannot be pickled or copied")


def normal_form(identifier: str) -> str:
    """Return an identifier as it is coded: NFKC, casefolded, blanks trimmed and collapsed to one space.

    Characters that cannot be seen go, and dashes of every kind are hyphens: a person is one however a program writes.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", identifier).casefold())
    if not folded.isascii():
        folded = "".join(_HYPHENS.get(unicodedata.category(letter), letter) for letter in folded).replace("\u2212", "-")
    return " ".join(folded.split())


_HYPHENS = {"Cf": "", "Pd": "-"}
"""Kinds of characters that are not told apart in an identifier, and what stands for them."""


def key_path() -> Path:
    """Return where the key lies: RECOVERY_OUTCOMES_KEY, else the user's configuration folder."""
    named = os.environ.get("RECOVERY_OUTCOMES_KEY")
    if named:
        return Path(named).expanduser()
    configuration = os.environ.get("XDG_CONFIG_HOME")
    folder = Path(configuration).expanduser() if configuration else Path.home() / ".config"
    return folder / "recovery-outcomes" / "key"


def key_for(home: Path) -> tuple[Key, bool]:
    """Return the key for the records in `home`, and whether it is a fresh one that `keep` has still to write.

    Raises InputFault if the key lies in the data folder, others may read it, it is not a key, or it is
    not the key with which the current records were made.
    """
    path = key_path()
    _refuse_place(path, home)
    expected = _key_id_of_records(home)
    if _is_there(path):
        key, fresh = _read(path), False
    elif expected is None:
        key, fresh = Key(secrets.token_bytes(KEY_BYTES)), True
    else:
        raise InputFault(_wrong_key("is missing, and the current records were made with one"))
    if expected is not None and expected != key.key_id:
        raise InputFault(_wrong_key("is not the one with which the current records were made"))
    return key, fresh


def keep(key: Key) -> None:
    """Write a fresh key where `key_path` says, readable by its owner alone; a key that is there is never replaced.

    Raises InputFault if there is one by now, or the place cannot be written.
    """
    path = key_path()
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, key._secret_bytes())
            os.fsync(handle)
        finally:
            os.close(handle)
        os.link(draft, path)
    except OSError:
        if path.is_file():
            raise InputFault(
                Fault("the key", "was made by another load a moment ago", "Run the load again with that key")
            ) from None
        raise InputFault(
            Fault("the key", "cannot be written", "Set RECOVERY_OUTCOMES_KEY to a file in a folder of yours")
        ) from None
    finally:
        with suppress(OSError):
            draft.unlink()


def _refuse_place(path: Path, home: Path) -> None:
    if path.resolve().is_relative_to(home.resolve()):
        raise InputFault(
            Fault(
                "the key",
                "lies in the data folder, beside the codes it could undo",
                "Move it out and set RECOVERY_OUTCOMES_KEY to its new place",
            )
        )


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return True


def _wrong_key(rule: str) -> Fault:
    return Fault(
        "the key",
        f"{rule}, so that nobody could be matched with their earlier records",
        "Put the former key back, or set RECOVERY_OUTCOMES_KEY to where it lies; if it is lost, load into a new "
        "data folder (RECOVERY_OUTCOMES_HOME)",
    )


def _key_id_of_records(home: Path) -> str | None:
    """Return the identifier of the key of the current records, None before the first load."""
    if warehouse.current(home, "records") is None:
        return None
    reader = warehouse.open_records(home)
    try:
        found = reader.rows("select value from dataset where key = 'key_id'")
    finally:
        reader.close()
    return str(found[0][0]) if found else None


def _read(path: Path) -> Key:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if os.name == "posix" and mode & 0o077:
            raise InputFault(
                Fault("the key", "can be read by other accounts of this machine", "Run chmod 600 on the key file")
            )
        secret = path.read_bytes()
    except OSError:
        raise InputFault(
            Fault("the key", "cannot be read", "Check that RECOVERY_OUTCOMES_KEY names a file that is yours")
        ) from None
    if len(secret) != KEY_BYTES:
        raise InputFault(
            Fault(
                "the key",
                "is not a key of this program: it must hold 32 bytes",
                "Put the former key back, or remove the file if no records were loaded with it",
            )
        )
    return Key(secret)
