# Меню команд и описание бота в Telegram.

command-start = Начать
command-help = Как пользоваться
command-diag = Проверить связь с серверами
command-human = Позвать человека
command-language = Язык
command-cancel = Начать сначала
command-privacy = Что бот хранит
bot-description = Помогаю с лицензиями и подключением. Напишите, что случилось, или пришлите код ошибки. Не справлюсь — позову человека.
bot-short-description = Поддержка: коды ошибок, лицензии, подключение.
