"""Sealing: closed to every other secret, to tampering, and to whoever starts with the wrong SECRET_KEY."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.storage.database import Database
from bot.storage.ids import new_id
from bot.storage.vault import Vault, WrongSecretError, check_secret

SECRET = b"an invented secret of some length"
VAULT = Vault(SECRET)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_what_is_sealed_comes_back_and_cannot_be_read(content: dict[str, object]) -> None:
    sealed = VAULT.seal({**content, "marker": "MARKER-7731"})
    assert b"MARKER" not in sealed
    assert VAULT.open(sealed) == {**content, "marker": "MARKER-7731"}


def test_half_a_surrogate_pair_is_sealed_like_any_text() -> None:
    assert VAULT.open(VAULT.seal({"text": "broken \ud83d end"})) == {"text": "broken \ud83d end"}


def test_another_secret_opens_nothing() -> None:
    with pytest.raises(WrongSecretError, match="another SECRET_KEY"):
        Vault(b"another invented secret of length").open(VAULT.seal({"a": 1}))


@given(st.data())
def test_a_changed_byte_is_noticed(data: st.DataObject) -> None:
    sealed = VAULT.seal({"text": "Ключ не подходит"})
    place = data.draw(st.integers(0, len(sealed.rstrip(b"=")) - 2))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != sealed[place]))
    with pytest.raises(WrongSecretError):
        VAULT.open(sealed[:place] + bytes([byte]) + sealed[place + 1 :])


@pytest.mark.parametrize("sealed", [b"", b"x", b"gAAAAA", VAULT.seal({})[:-5]])
def test_what_was_never_sealed_is_refused(sealed: bytes) -> None:
    with pytest.raises(WrongSecretError):
        VAULT.open(sealed)


def test_the_hash_key_belongs_to_the_secret_and_is_not_the_secret() -> None:
    assert Vault(SECRET).hash_key == VAULT.hash_key
    assert Vault(b"another invented secret of length").hash_key != VAULT.hash_key
    assert len(VAULT.hash_key) == 32
    assert VAULT.hash_key not in SECRET


async def test_a_database_begun_with_another_secret_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    database = await Database.open(path)
    await check_secret(database, VAULT)
    await check_secret(database, VAULT)
    with pytest.raises(WrongSecretError):
        await check_secret(database, Vault(b"another invented secret of length"))
    await database.close()
    database = await Database.open(path)
    with pytest.raises(WrongSecretError):
        await check_secret(database, Vault(b"another invented secret of length"))
    await check_secret(database, Vault(SECRET))
    await database.close()


def test_ids_are_short_plain_and_never_the_same() -> None:
    ids = [new_id() for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert {len(each) for each in ids} == {16}
    assert set("".join(ids)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
