# Пошаговые инструкции.

guide-step =
    🧭 { $title }
    <b>Шаг { $number } из { $count }</b>
guide-first =
    🧭 <b>{ $title }</b>
    { $sentence }

    <b>Шаг { $number } из { $count }</b>
guide-changed = ℹ️ Инструкцию только что поправили, поэтому продолжим отсюда.
guide-helped =
    🧭 { $title }
    ✅ Помогло на шаге { $number }.
guide-stopped =
    🧭 { $title }
    🙋 Остановились на шаге { $number }: дальше поможет специалист, пройденное он видит.
guide-not-mine =
    🧭 { $title }
    🤷 Не ваш случай, ищем дальше.
guide-left =
    🧭 { $title }
    ➡️ Дальше — отдельная статья, она ниже.
guide-taken-back =
    🧭 Этой инструкции больше нет.
guide-gone = Эту инструкцию убрали, пока мы по ней шли. Напишите, что сейчас на экране, или позовите человека.
guide-with-person = Вашим вопросом уже занимается специалист, поэтому шаги я остановил. Пишите сюда, он всё увидит.
guide-with-person-toast = Вопросом занимается специалист, шаги остановил
guide-offer = Вернуться к шагам? <b>{ $title }</b>, вы остановились на шаге { $number } из { $count }.
guide-over = Эти шаги уже закончены. Напишите вопрос ещё раз, и начнём заново.
guide-over-toast = Эти шаги уже закончены. Напишите вопрос ещё раз, и начнём заново.
guide-moved-toast = Уже сделано: сейчас шаг { $number } из { $count }.
guide-below-toast = Шаги продолжаются в сообщении ниже: шаг { $number } из { $count }.
guide-check-busy-toast = Проверка уже идёт, подождите немного.
guide-check-toast = Проверяю, результат будет ниже

btn-guide = 🧭 По шагам
btn-guide-next = ➡️ Дальше
btn-guide-failed = ❌ Не получилось
btn-guide-check = 🔎 Проверить
btn-guide-back = ↩️ Назад
btn-guide-person = 🙋 Человек
btn-guide-all = 📄 Всё сразу
btn-guide-other = 🤷 Не мой случай
btn-guide-return = 🧭 Вернуться к шагам
btn-guide-copy = 📋 { $command }

card-steps = <b>Шаги</b> (<code>{ $id }</code>): { $steps }

# Слова, которые во время шагов значат то же, что кнопки; через запятую.
guide-typed-helped = помогло, помогло спасибо, спасибо помогло, заработало, всё заработало, все заработало, всё работает, все работает, решено
guide-typed-next = дальше, далее, готово, сделал, сделала, сделано, следующий шаг, не помогло, не помогает, сделал не помогло
guide-typed-failed = не получилось, не получается, не вышло, не выходит
guide-typed-back = назад, предыдущий шаг

stats-solving = Какой шаг решает, 30 дней:
stats-solving-row = • { $what } — { $step ->
        [0] шаг «{ $id }», которого больше нет
       *[other] шаг { $step }
    }: { $count }
