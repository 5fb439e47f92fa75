# The talk with a customer. Texts are Telegram HTML; arguments arrive escaped.

start =
    Hello! 👋 I am Diagnost: I help with licences and connection of { $products }.

    Tell me in your own words what happened, or send an error code such as <code>1058</code>. If I cannot help, I will call a person.
btn-how = ❓ What can you do
btn-person = 🙋 Call a person
btn-language = 🌐 Русский
btn-helped = ✅ It helped
btn-not-helped = ❌ It did not help
btn-none = 🤷 None of these
btn-article = 📄 { $title }

help =
    Ask in plain words, typos are fine, or send an error code. I answer with an article, and when I am not sure I say so and offer a person.

    You can also send a screenshot, the output of <code>ping</code>, <code>tracert</code> or <code>curl</code>, a .txt or .log file: I read them myself.

    /diag – check the connection to the servers
    /human – call a person
    /language – language: Russian or English
    /cancel – start over
    /privacy – what I store
    /help – this page

language-ask = Which language suits you better?
language-set = Done, let us speak English.

cancel-done = All right, let us start over. What happened?
cancel-nothing = There is nothing to cancel. Write your question or the error code.

privacy =
    <b>What I store</b>

    • Our conversation and your ratings, so that nobody asks you twice and the answers get better.
    • Your name and language from Telegram.
    • Registration numbers and coupons are not stored: only the last four characters and an irreversible fingerprint remain. While a number waits for your consent to a check it is kept encrypted, for 15 minutes at the most. Passwords and tokens are removed at once.
    • Files, photos and voice messages stay with Telegram; I keep only a reference.

    To ask about your information, call a person: /human.

secret-noticed = 🔐 Your message seems to hold a secret (a licence number, a coupon or a password). I have not stored it. A licence number opens the customer account, so it is better to delete the message.

also = And about the second one:
next-candidate = Sorry about that. Let us try this:
clarify = I want to get it right. Which of these is closer?
none-noted = I see, not that. Please describe it in other words: what you did, what you saw, the text of the error. Or call a person.
unknown-code =
    Code <b>{ $code }</b> is not in my knowledge base, so I will not guess. { $near ->
        [0] Send the whole text of the error, or call a person.
       *[other] Here are similar codes in case of a typo. If it is none of them, send the whole text of the error, or call a person.
    }
unsure =
    I am not sure I understood, and I do not want to send you the wrong way. { $near ->
        [0] Please tell me more: which program, what you did, the text of the error. Or call a person.
       *[other] Is it perhaps one of these? If not, tell me more, or call a person.
    }
unsure-empty = I see no question here. Tell me what happened, or send an error code.

helped-thanks = Great, I am glad it worked! Write again whenever you need.
helped-toast = Thank you, noted
not-helped-toast = I see, looking further
not-helped-last = I have no more articles that fit.

greeting = Hello! Tell me what happened, or send an error code.
thanks = You are welcome! I am here if there is anything else.
bye = Goodbye! Come back whenever you need.

handover-done = I have passed your question on to a specialist, with everything we have checked. You will not have to repeat anything. They will answer here, in Telegram.
handover-twice = I do not seem to understand you, and I will not keep asking. { $then }
handover-ask = I am calling a person. Tell me in one message what happened, and I will pass it on at once.
handover-added = I have passed this on to the specialist, too.
handover-already = A specialist already has your question. To add something, just write it.
handover-no-staff = To be honest: no staff chat is connected to this bot now, so I cannot call a person. Your question is saved. Here is where to turn directly:
handover-no-contacts = To be honest: no staff chat is connected to this bot now, so I cannot call a person. Your question is saved and will be seen at review.

flood-warning = Many messages in a row. I am reading them all and will give you one answer.

stale-button = This button no longer works. Write your question again and I will answer anew.
stranger-button = This button is for somebody else.
pressed-button = Already noted, thank you.
article-gone = This article is gone. Write your question again, or call a person.

got-voice = I cannot listen yet. Please write the same in words.
got-picture = I do not read such pictures and videos. Send a screenshot, the error code or the text on the screen: that is enough.
got-file = I have the file but cannot read it yet. Tell me what happened, or paste the text of the error.
got-sticker = Nice! And now in words: what happened?
got-place = A place does not help me. Tell me what happened, or send an error code.
got-other = I do not understand such messages yet. Please write in words.
edit-same = I see the edit. The answer is the same, it is above.
edit-new = I see the edit, so here is a new answer.

group-goodbye = Hello! I answer in private messages only: please write to me there. I am leaving this chat so as not to disturb.
apology = Sorry, something broke on my side and I could not answer this message. The staff know. Please write again, or call a person: /human.

ticket-taken = A specialist is looking at your question now. Write here, they will see it all.
ticket-closed = The specialist has closed your ticket. If anything is left, just write: I will answer or call a person again.
ticket-reopened = The specialist has come back to your question. Write here, they will see it all.
