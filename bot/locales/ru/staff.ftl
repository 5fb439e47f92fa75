# Карточки и сообщения сотрудникам.

card-reason = Почему: { $reason ->
    [asked] попросил сам
    [not_helped] статьи не помогли
    [unclear] бот дважды не понял
   *[other] { $reason }
    }
card-question = <b>Вопрос:</b> { $question }
card-no-question = <b>Вопрос:</b> пока не задан
card-language = Язык: { $language }
card-codes = Коды: { $codes }
card-keys = Ключи: { $keys }
card-shown = <b>Показано:</b>
card-shown-row = • { $title } (<code>{ $id }</code>{ $score ->
    [none] { "" }
   *[other] , { $score }
    }){ $verdict ->
    [helped] { " " }✅ помогло
    [not_helped] { " " }❌ не помогло
   *[none] { "" }
    }
card-unsure = <b>Без ответа:</b>
card-unsure-row = • { $kind }: { $nearest }
card-story = <b>Разговор:</b>
card-customer = 👤 { $text }
card-bot = 🤖 { $text }

dead-letter = ⚠️ Сообщение клиента <b>{ $name }</b> не обработано после трёх попыток (update { $update }). Клиенту отправлены извинения, сообщение лежит в dead letters.
dead-update = ⚠️ Обновление { $update } от Telegram не разобрано и отложено в dead letters.
kb-faults =
    ⚠️ База знаний не обновлена, работает прежняя версия. Ошибок: { $count }.
    <pre>{ $faults }</pre>
kb-mended = ✅ База знаний снова читается и обновлена.

media-voice = [голосовое]
media-picture = [изображение]
media-file = [файл]
media-sticker = [стикер]
media-place = [место или контакт]
media-other = [другое сообщение]

# Стол: обращения в темах.

card-staff = 🧑‍💼 { $text }
card-number = { $square } <b>#{ $number } { $name }</b>
card-taken = Взял: { $name }
card-closed = ⬛ Закрыто
btn-take = ✋ Беру
btn-reopen = 🟪 Открыть снова
btn-close = ✅ Закрыть
desk-took = ✋ { $name } взял обращение.
desk-took-toast = Обращение ваше
desk-taken-toast = Его уже взял { $name }
desk-closed-toast = Обращение уже закрыто
desk-closed = ⬛ { $name } закрыл обращение.
desk-reopened = 🟪 { $name } снова открыл обращение.
desk-not-reopened = Открыть снова нельзя: у клиента уже есть другое открытое обращение.
desk-is-closed = Обращение закрыто, клиенту ничего не отправлено. Чтобы ответить, откройте его снова: /take
desk-undelivered = 💔 Не доставлено: { $why ->
    [blocked] клиент заблокировал бота или удалил аккаунт.
   *[other] { $why }
    }
desk-edited = ✏️ Клиент исправил сообщение: { $text }
desk-number = #{ $number } { $name }:
desk-stray = Для обращения #{ $number } по сбою создана лишняя тема { $topic }. Пишите здесь; написанное там тоже дойдёт до клиента.
desk-history = Прежняя тема пропала, вот что было в разговоре:
desk-shut-out = ⚠️ Бота удалили из группы сотрудников или лишили права писать. Обращения и сообщения клиентов ждут и придут, когда его вернут.
desk-let-in = ✅ Бот снова в группе сотрудников, отложенные сообщения уходят туда.
desk-not-ticket = Это не тема обращения: здесь такая команда ничего не делает.
desk-not-staff = Это могут только сотрудники.
desk-unknown-rights = Не смог проверить ваши права, попробуйте ещё раз.
desk-noted = 📝 Записал, клиент этого не видит.
desk-note-empty = Напишите заметку после команды: /note текст
desk-info-notes = <b>Заметки:</b>
desk-help =
    <b>В теме обращения</b>
    Обычное сообщение уходит клиенту. 👌 — доставлено, 💔 — нет, причина в ответе.
    <code>/ текст</code> — заметка для своих, клиент не увидит
    /take — взять (закрытое — открыть снова)
    /close — закрыть
    /note текст — заметка в карточку
    /info — карточка ещё раз
    /help — эта подсказка

    <b>Где угодно</b>
    /stats — цифры за сегодня, 7 и 30 дней

    Если в группе нет тем, отвечайте на сообщения бота: ответ уйдёт клиенту.

stats-today = <b>Сегодня</b>
stats-week = <b>7 дней</b>
stats-month = <b>30 дней</b>
stats-none = Вопросов не было.
stats-figures =
    Вопросов: { $questions }. Ответил сразу: { $answered }, уточнял: { $clarified }, не нашёл: { $unresolved }.
    К людям: { $escalated }. Помогло: { $helped } из { $rated } оценок.
stats-articles = Чаще всего показано:
stats-row = • { $what } — { $count }
stats-codes = Неизвестные коды: { $codes }
