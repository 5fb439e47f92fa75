# Проверки с нашей стороны и команды для стороны клиента.

btn-diag = 🔎 Проверить связь
btn-diag-cancel = ✖️ Отмена
btn-diag-repeat = 🔁 Повторить
btn-diag-side = 💻 Проверить со своей стороны
btn-diag-cmd = 🪟 Windows (cmd)
btn-diag-powershell = 🪟 PowerShell
btn-diag-linux = 🐧 Linux, MikoPBX (SSH)
btn-diag-copy = 📋 { $host }

diag-ask-product = Связь с какими серверами проверить?
diag-none = Проверок у меня сейчас нет. Напишите, что случилось, или позовите человека.
diag-gone = Этой проверки больше нет. Напишите, что случилось, или позовите человека.
diag-busy = ☝️ Проверка уже идёт, она здесь. Дождитесь её или отмените.
diag-busy-toast = Проверка уже идёт, она ниже. Дождитесь её или отмените.
diag-over-toast = Эта проверка уже закончена.
diag-stopping-toast = Останавливаю проверку
diag-intro = Похоже, дело в связи: сразу проверю серверы.

diag-running = 🔎 <b>{ $title }</b>: проверяю…
diag-done = 🔎 <b>{ $title }</b>: проверил с нашей стороны.
diag-cancelled = 🔎 <b>{ $title }</b>: проверка остановлена.
diag-interrupted = 🔎 Проверка прервана: меня перезапустили. Повторить?
diag-came-to-nothing = 🔎 Проверить не удалось: это неполадка у меня, о сервере она ничего не говорит. Попробуйте ещё раз или позовите человека: /human.
diag-comparing = 🔎 Сверяю с нашей стороны…

diag-row = { $mark } { $title }
diag-row-timed = { $mark } { $title } · { $time }
diag-row-earlier = { $mark } { $title }: до этого не дошло
diag-row-stopped = { $mark } { $title }: не успел
diag-row-own = { $mark } { $title }: не удалось проверить, у меня нет связи
diag-row-unknown = { $mark } { $title }: не удалось проверить
diag-ms = { $count } мс
diag-s = { $count } с
diag-word = { $mark } { $text }

diag-all-good = С нашей стороны всё отвечает. Теперь посмотрим с вашей: выберите, где можете выполнить команду.
diag-may-be-ours = Сразу ни одного имени: так бывает и от неполадки в нашей собственной сети. Посмотрим с вашей стороны, там и будет видно, в чём дело.
diag-partly-known = Что проверил, то отвечает. Остальное проверить не удалось, и это ничего не говорит о сервере.
diag-nothing-known = Проверить сейчас не удалось, и это ничего не говорит о сервере. Попробуйте чуть позже или посмотрим с вашей стороны.

diag-heard =
    📋 Прочитал { $tool ->
        [browser] сообщение браузера
        [clock] время на компьютере
        [diagnost] блок проверки
        [gateway] ответ шлюза лицензий
        [mikopbx] журнал MikoPBX
        [shell] сообщение командной строки
       *[other] вывод <b>{ $tool }</b>
    }{ $host ->
        [none] { "" }
       *[other] { " " }({ $host })
    }.
    { $mark } { $text }
diag-both = ↔️ { $text }
diag-busy-comparing = Проверка с нашей стороны уже идёт: в её конце сведу оба конца вместе.
diag-send-whole = Пришлите, пожалуйста, вывод целиком, вместе со строкой самой команды.

diag-which-system = Где вы можете выполнить команду?
diag-commands-cmd = Откройте командную строку (Win+R, <code>cmd</code>) и выполните:
diag-commands-powershell = Откройте PowerShell (правая кнопка на «Пуск») и выполните:
diag-commands-linux = Подключитесь по SSH (на MikoPBX выберите в меню консоль) и выполните:
diag-send-back = Потом пришлите сюда весь вывод, текстом или файлом .txt: я сам пойму, что там.

btn-diag-script = 📜 Всё одним скриптом
diag-script = Скопируйте файл на MikoPBX или любой Linux и выполните: sh { $name }. Он ничего не меняет. Потом пришлите сюда блок, который он напечатает в конце.

diag-file-silent = Файл прочитал, но вывода знакомых мне программ в нём нет. Напишите словами, что случилось, или позовите человека.
diag-file-empty = Файл пустой. Напишите, что случилось, или пришлите вывод текстом.
diag-file-too-big = Файл больше одного мегабайта. Пришлите только нужную часть, текстом или файлом поменьше.
diag-file-lost = Не смог получить файл у Telegram. Пришлите его ещё раз или вставьте вывод текстом.

diag-alarm = 🚨 Похоже на неполадку у сервера: её видно и нам, и клиенту. Клиенту сказано: «{ $text }»
diag-inside = 🔎 Проверка <code>{ $check }</code>:
    { $text }
card-checks = <b>Проверки:</b> { $rows }
card-checks-row = { $mark } { $check }
card-side = <b>Со стороны клиента:</b> { $rows }
card-side-row = { $tool } { $host } — { $verdict }
stats-failing = ❌ Не проходят проверки: { $rows }
stats-failing-row = { $check } ({ $verdict }, с { $since }, клиентов: { $customers })
