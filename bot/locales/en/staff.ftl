# Cards and words to the staff.

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
card-unsure = <b>Not answered:</b>
card-unsure-row = • { $kind }: { $nearest }
card-story = <b>Conversation:</b>
card-customer = 👤 { $text }
card-bot = 🤖 { $text }

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

# The desk: tickets in topics.

card-staff = 🧑‍💼 { $text }
card-number = { $square } <b>#{ $number } { $name }</b>
card-taken = Taken by: { $name }
card-closed = ⬛ Closed
btn-take = ✋ Take
btn-reopen = 🟪 Open again
btn-close = ✅ Close
desk-took = ✋ { $name } took the ticket.
desk-took-toast = The ticket is yours
desk-taken-toast = { $name } already has it
desk-closed-toast = The ticket is closed already
desk-closed = ⬛ { $name } closed the ticket.
desk-reopened = 🟪 { $name } opened the ticket again.
desk-not-reopened = It cannot be opened again: the customer has another open ticket.
desk-is-closed = The ticket is closed, nothing was sent to the customer. To answer, open it again: /take
desk-undelivered = 💔 Not delivered: { $why ->
    [blocked] the customer blocked the bot or deleted the account.
   *[other] { $why }
    }
desk-edited = ✏️ The customer edited a message: { $text }
desk-number = #{ $number } { $name }:
desk-stray = A failure made one topic too many for ticket #{ $number }: { $topic }. Write here; what is written there reaches the customer, too.
desk-history = The former topic is gone; this is what was said:
desk-shut-out = ⚠️ The bot was removed from the staff's group, or may not write there. Tickets and customers' messages wait and will arrive once it is back.
desk-let-in = ✅ The bot is in the staff's group again; the messages that waited are on their way there.
desk-not-ticket = This is not the topic of a ticket: the command does nothing here.
desk-not-staff = Only the staff can do this.
desk-unknown-rights = Your rights could not be checked, please try again.
desk-noted = 📝 Noted; the customer does not see this.
desk-note-empty = Write the note after the command: /note text
desk-info-notes = <b>Notes:</b>
desk-help =
    <b>In a ticket's topic</b>
    A plain message goes to the customer. 👌 means delivered, 💔 not, with the reason in a reply.
    <code>/ text</code> – a note among staff, the customer does not see it
    /take – take the ticket (a closed one: open it again)
    /close – close it
    /note text – a note on the card
    /info – the card once more
    /help – this page

    <b>Anywhere</b>
    /stats – figures for today, 7 and 30 days

    In a group without topics reply to the bot's messages: the reply goes to the customer.

stats-today = <b>Today</b>
stats-week = <b>7 days</b>
stats-month = <b>30 days</b>
stats-none = There were no questions.
stats-figures =
    Questions: { $questions }. Answered at once: { $answered }, asked back: { $clarified }, not found: { $unresolved }.
    To people: { $escalated }. Helped: { $helped } of { $rated } ratings.
stats-articles = Shown most often:
stats-row = • { $what } – { $count }
stats-codes = Unknown codes: { $codes }
