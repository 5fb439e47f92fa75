# The command menu and the bot's description in Telegram.

command-start = Start
command-help = How to use this
command-diag = Check the connection to the servers
command-human = Call a person
command-language = Language
command-cancel = Start over
command-privacy = What the bot stores
bot-description = I help with licences and connections. Tell me what happened, or send an error code. If I cannot help, I call a person.
bot-short-description = Support: error codes, licences, connections.
