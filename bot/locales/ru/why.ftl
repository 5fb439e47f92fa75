# «Почему»: чем бот обосновал свои ответы. Читают сотрудники в теме обращения.

btn-why = ❓ Почему
why-none = ❓ Бот в этом разговоре ещё ничего не решал: клиент сразу позвал человека.
why-head = ❓ <b>Почему бот так отвечал</b>
why-question = <b>{ $number }.</b> 👤 { $question }
why-decision = { $kind ->
    [answer] Ответил: { $articles }
    [guide] Повёл по шагам: { $articles }
    [diagnose] Начал проверку: { $articles }
    [clarify] Переспросил: { $articles }
    [unknown_code] Код ему неизвестен; похожее: { $articles }
    [unsure] Не был уверен; ближайшее: { $articles }
    [escalate] Позвал человека
    [smalltalk] Счёл это разговором, а не вопросом
   *[other] { $kind }: { $articles }
    }
why-candidate = • { $score } { $title } (<code>{ $id }</code>){ $mark ->
    [shown] { " " }📄
   *[not] { "" }
    } — { $why }
why-form = Прочитал как: { $form ->
    [layout] набранное в другой раскладке
    [translit] русское латиницей
   *[other] { $form }
    }
why-repairs = Исправил: { $repairs }
why-code = Код { $text } → { $value }: { $known ->
    [yes] есть в базе
   *[no] в базе нет
    }
why-reasons = Основания: <i>{ $reasons }</i>
why-thresholds = Пороги сейчас: отвечает от { $answer }, переспрашивает от { $clarify }. 📄 — клиент это видел.
why-revision = База <code>{ $kb }</code>, веса <code>{ $weights }</code>
