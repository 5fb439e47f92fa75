from collections.abc import AsyncIterator

import pytest

from bot.sandbox import Sandbox
from bot.storage.vault import Vault
from bot.telegram.api import Api, make_bot
from bot.telegram.documents import LARGEST, FileTooLargeError, with_files, written

SCRIPT = "#!/bin/sh\necho 'Готово'\n"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        yield running


async def test_a_text_made_here_arrives_as_a_file(sandbox: Sandbox) -> None:
    ann = sandbox.user("Анна", started=True)
    vault = Vault(b"a-secret-for-tests-of-more-than-32-characters")
    sealed = vault.seal({"chat_id": ann.id, "document": written("diagnost-check.sh", SCRIPT), "caption": "Запустите"})
    assert b"echo" not in sealed
    api = Api(make_bot(sandbox.token, sandbox.base_url, None))
    answer = await api.call("sendDocument", vault.open(sealed))
    await api.close()
    assert answer.ok
    assert answer.result["document"]["file_name"] == "diagnost-check.sh"
    (message,) = ann.replies
    assert message.text == "Запустите"
    assert message.attachment is not None
    assert message.attachment.file is not None
    assert message.attachment.file.content == SCRIPT.encode()


def test_what_is_no_file_stays() -> None:
    known = {"chat_id": 5, "document": "a-file-id-of-telegram"}
    assert with_files(known) == known
    assert with_files({"text": "x"}) == {"text": "x"}


def test_a_large_file_is_refused() -> None:
    with pytest.raises(FileTooLargeError):
        written("a.txt", "ы" * (LARGEST // 2 + 1))
