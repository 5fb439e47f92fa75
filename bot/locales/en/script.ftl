# Words of the script diagnost-check.sh, which a customer runs, and what the bot says of a block it gets. No HTML.

script-start = Checking the way to the servers from this machine, it takes up to a minute.
script-name = name
script-port = port
script-certificate = certificate
script-answer = the server's answer
script-ping = ping
script-route = route
script-good = fine
script-bad = not as it should be
script-unknown = could not be told
script-done = Done. Copy everything below, the lines with "---" included, and send it to the bot. It holds no keys, passwords or names.
script-no-room = No temporary folder could be made.

block-lost = The block is not complete, these lines are missing: { $lines }. Please send it once more, best as a file.
block-changed = The block was changed on its way, these lines do not fit: { $lines }. Please send it once more, best as a file.
block-cut = The block breaks off, its end is missing. Please send it once more, best as a file.
block-newer = The block was made by a newer script than the bot knows. Please ask for the script again.
