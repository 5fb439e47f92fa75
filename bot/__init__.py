"""Diagnost: a support bot for Telegram that answers from a knowledge base and hands over to people.

Glossary (Russian ↔ English ↔ where it lives)

    статья           article          bot.kb.article.Article
    симптом          symptom          Article.symptoms: the way people write
    код ошибки       error code       bot.matching.codes, Article.codes
    база знаний      knowledge base   bot.kb; one revision of it is a snapshot, bot.kb.library.Library
    кандидат, оценка candidate, score bot.matching.decision.Candidate, 0 to 1
    решение          decision         bot.matching.decision.Decision, one per message
    ответ            answer           Kind.ANSWER; shown by bot.telegram.answering
    уточнение        clarification    Kind.CLARIFY
    форма            form             as typed, other layout, transliterated: bot.matching.forms
    разговор         conversation     bot.conversations, ends after twelve idle hours
    отзыв            feedback         helped, not helped: handlers.feedback
    экран            screen           the buttons under one message: bot.conversations.screens
    передача         handover         a request for a person: bot.telegram.handover
    обращение        ticket           a customer in a person's hands: bot.tickets.ticket.Ticket
    тема             topic            the ticket's thread in the staff's forum: bot.telegram.forum
    стол             desk             what each step of a ticket causes: bot.telegram.desk
    карточка         card             what the staff get: bot.telegram.render.ticket_card
    сотрудники       staff            the people in STAFF_CHAT_ID
    руководитель     manager          the people in MANAGER_IDS
    клиент           customer         whoever writes to the bot in private
    входящие         inbox            bot.inbox: accepted updates, in order per lane (chat)
    исходящие        outbox           bot.outbox: calls to the Bot API that wait
    последствия      effects          bot.storage.effects: all that one update changes, in one transaction
    мёртвое письмо   dead letter      an update or call that ended without success, kept sealed
    секрет           secret           bot.conversations.redact.Secret: a key, coupon, password, token
    веса             weights          bot.matching.learned.Learned: learned from a knowledge base's phrases; bot.weights
    вид              view             learned, phrase, article: what speaks for an article, bot.matching.search
    доверие          trust            the probability that the best article is right: bot.matching.trust
    пошаговое решение guide           bot.guides; one run of an article's steps
    проверка         check            bot.kb.checks, declared in _checks.yaml; run by bot.diagnostics.run
    вердикт          verdict          bot.diagnostics.verdict.Verdict, of checks and of pasted output alike
    вывод программы  output           what a customer pastes: bot.diagnostics.reading
    снимок экрана    screenshot       bot.ocr reads it, bot.matching.picture says what of it counts
    регистрационный номер, купон      key, coupon: bot.conversations.keys; what is wrong with one: key_doctor

Layers, top to bottom; a module imports from lower layers only (checked by import-linter, see pyproject.toml)

    bot.cli, bot.cli_*                  the command line, one file a command
    bot.app                             the composition root, owner of background work
    bot.doctor                          what is wrong with a set-up, and what mends it
    handlers                            one file a behaviour
    bot.telegram                        Telegram's side: API, polling, talk, rendering
    bot.screenshot                      the story of one picture
    bot.triage, bot.reports             the story of one message; named queries
    bot.authoring                       kb eval, kb doctor and their pages
    bot.conversations, bot.tickets      what was said, decided, shown; redaction; tickets
    bot.diagnostics, bot.guides         checks, pasted output, verdicts; guided fixes
    bot.ocr                             reads pictures, in a process that can be killed
    bot.inbox, bot.outbox, bot.dialogue durable intake, sending, dialogue state
    bot.weights                         learned weights: their files and the process that learns them
    bot.matching                        from words to a decision; pure
    bot.kb                              articles, files, snapshots
    bot.storage                         the database
    bot.i18n, bot.logs, bot.clock       texts, logs, time
"""

from bot.telegram import lean

__version__ = "0.1.0"

# Here, because nothing of ours can import aiogram before this.
lean.install()
