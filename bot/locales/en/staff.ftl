# Cards and words to the staff.

card-title = 🟪 <b>{ $name }</b> asks for a person
card-reason = Why: { $reason ->
    [asked] they asked for one
    [not_helped] the articles did not help
    [unclear] the bot did not understand twice
   *[other] { $reason }
    }
card-question = <b>Question:</b> { $question }
card-no-question = <b>Question:</b> not asked yet
card-language = Language: { $language }
card-codes = Codes: { $codes }
card-keys = Keys: { $keys }
card-shown = <b>Shown:</b>
card-shown-row = • { $title } (<code>{ $id }</code>{ $score ->
    [none] { "" }
   *[other] , { $score }
    }){ $verdict ->
    [helped] { " " }✅ helped
    [not_helped] { " " }❌ did not help
   *[none] { "" }
    }
card-story = <b>Conversation:</b>
card-customer = 👤 { $text }
card-bot = 🤖 { $text }
card-added = ➕ <b>{ $name }</b> adds: { $text }

dead-letter = ⚠️ A message of customer <b>{ $name }</b> could not be handled in three attempts (update { $update }). The customer got an apology; the message is among the dead letters.
dead-update = ⚠️ Update { $update } from Telegram could not be parsed and was put among the dead letters.
kb-faults =
    ⚠️ The knowledge base was not updated, the previous version goes on. Faults: { $count }.
    <pre>{ $faults }</pre>
kb-mended = ✅ The knowledge base is readable again and updated.

media-voice = [voice message]
media-picture = [picture]
media-file = [file]
media-sticker = [sticker]
media-place = [place or contact]
media-other = [another message]
