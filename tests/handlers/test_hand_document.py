from bot.conversations.events import Person
from bot.i18n import Html
from bot.sandbox import Person as Customer
from bot.storage.effects import Effects
from bot.telegram.talk import Talk
from tests.handlers.stand import Stand


async def test_a_file_goes_through_the_outbox(stand: Stand, ann: Customer) -> None:
    await ann.says("/start")
    await stand.quiet()
    effects = Effects()
    talk = Talk(stand.running._kit(effects), ann.id, Person(ann.id, "Анна", None, "ru"), None)
    talk.hand("diagnost-check.sh", "#!/bin/sh\n", Html("Запустите <b>это</b>"))
    await stand.running._database.write(effects.apply)
    stand.running._sender.wake()
    await stand.quiet()
    message = ann.replies[-1]
    assert message.html == "Запустите <b>это</b>"
    assert message.attachment is not None
    assert message.attachment.file is not None
    assert (message.attachment.file.name, message.attachment.file.content) == ("diagnost-check.sh", b"#!/bin/sh\n")
