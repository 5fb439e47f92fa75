# "Why": what the bot's answers rest on. Read by the staff in a ticket's topic.

btn-why = ❓ Why
why-none = ❓ The bot has decided nothing in this conversation: the customer asked for a person at once.
why-head = ❓ <b>Why the bot answered so</b>
why-question = <b>{ $number }.</b> 👤 { $question }
why-decision = { $kind ->
    [answer] Answered: { $articles }
    [guide] Went step by step: { $articles }
    [diagnose] Began a check: { $articles }
    [clarify] Asked back: { $articles }
    [unknown_code] Does not know the code; near: { $articles }
    [unsure] Was not sure; nearest: { $articles }
    [escalate] Called a person
    [smalltalk] Took it for talk, not for a question
   *[other] { $kind }: { $articles }
    }
why-candidate = • { $score } { $title } (<code>{ $id }</code>){ $mark ->
    [shown] { " " }📄
   *[not] { "" }
    } – { $why }
why-form = Read as: { $form ->
    [layout] typed in the other layout
    [translit] Russian in Latin letters
   *[other] { $form }
    }
why-repairs = Repaired: { $repairs }
why-code = Code { $text } → { $value }: { $known ->
    [yes] an article has it
   *[no] no article has it
    }
why-reasons = Grounds: <i>{ $reasons }</i>
why-thresholds = Borders now: answers from { $answer }, asks back from { $clarify }. 📄: the customer saw it.
why-revision = Knowledge base <code>{ $kb }</code>, weights <code>{ $weights }</code>
