# Карточки и сообщения сотрудникам.

card-title = 🟪 <b>{ $name }</b> просит человека
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
card-story = <b>Разговор:</b>
card-customer = 👤 { $text }
card-bot = 🤖 { $text }
card-added = ➕ <b>{ $name }</b> добавляет: { $text }

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
