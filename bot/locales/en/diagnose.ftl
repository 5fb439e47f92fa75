# Checks from our side, and commands for the customer's.

btn-diag = 🔎 Check the connection
btn-diag-cancel = ✖️ Cancel
btn-diag-repeat = 🔁 Try again
btn-diag-side = 💻 Check from your side
btn-diag-cmd = 🪟 Windows (cmd)
btn-diag-powershell = 🪟 PowerShell
btn-diag-linux = 🐧 Linux, MikoPBX (SSH)
btn-diag-copy = 📋 { $host }

diag-ask-product = Which servers shall I check the connection to?
diag-none = I have no checks just now. Tell me what happened, or call a person.
diag-gone = That check is no longer there. Tell me what happened, or call a person.
diag-busy = ☝️ A check is under way, right here. Wait for it or cancel it.
diag-busy-toast = A check is under way, see below. Wait for it or cancel it.
diag-over-toast = That check is over.
diag-stopping-toast = Stopping the check
diag-intro = This looks like the connection: I am checking the servers right away.

diag-running = 🔎 <b>{ $title }</b>: checking…
diag-done = 🔎 <b>{ $title }</b>: checked from our side.
diag-cancelled = 🔎 <b>{ $title }</b>: the check was stopped.
diag-interrupted = 🔎 The check was interrupted: I was restarted. Try again?
diag-came-to-nothing = 🔎 I could not check: the fault is mine and says nothing of the server. Try again or call a person: /human.
diag-comparing = 🔎 Comparing with our side…

diag-row = { $mark } { $title }
diag-row-timed = { $mark } { $title } · { $time }
diag-row-earlier = { $mark } { $title }: it did not get that far
diag-row-stopped = { $mark } { $title }: not finished
diag-row-own = { $mark } { $title }: could not be checked, I have no connection
diag-row-unknown = { $mark } { $title }: could not be checked
diag-ms = { $count } ms
diag-s = { $count } s
diag-word = { $mark } { $text }

diag-all-good = From our side everything answers. Now let us look from yours: choose where you can run a command.
diag-may-be-ours = Not one name at once: a fault in our own network looks like that too. Let us look from your side, it will show what is wrong.
diag-partly-known = What I could check answers. The rest could not be checked, which says nothing of the server.
diag-nothing-known = I could not check just now, which says nothing of the server. Try again a little later, or let us look from your side.

diag-heard =
    📋 I have read { $tool ->
        [browser] the browser's message
        [clock] the time of the computer
        [diagnost] the block of the check
        [gateway] the licence gateway's answer
        [mikopbx] the log of MikoPBX
        [shell] the message of the command line
       *[other] the output of <b>{ $tool }</b>
    }{ $host ->
        [none] { "" }
       *[other] { " " }({ $host })
    }.
    { $mark } { $text }
diag-both = ↔️ { $text }
diag-busy-comparing = A check from our side is under way: I will put both ends together when it is done.
diag-send-whole = Please send the whole output, with the line of the command itself.

diag-which-system = Where can you run a command?
diag-commands-cmd = Open the command prompt (Win+R, <code>cmd</code>) and run:
diag-commands-powershell = Open PowerShell (right button on Start) and run:
diag-commands-linux = Connect by SSH (on MikoPBX choose the console in the menu) and run:
diag-send-back = Then send the whole output here, as text or as a .txt file: I will see what it is.

btn-diag-script = 📜 All in one script
diag-script = Copy the file to your MikoPBX or any Linux and run: sh { $name }. It changes nothing. Then send the block that it prints at the end here.

diag-file-silent = I have read the file, but it holds no output of a program I know. Tell me in words what happened, or call a person.
diag-file-empty = The file is empty. Tell me what happened, or send the output as text.
diag-file-too-big = The file is larger than one megabyte. Send only the part that matters, as text or a smaller file.
diag-file-lost = I could not get the file from Telegram. Send it again, or paste the output as text.

diag-alarm = 🚨 This looks like a fault of the server: both we and a customer see it. The customer was told: "{ $text }"
diag-inside = 🔎 Check <code>{ $check }</code>:
    { $text }
card-checks = <b>Checks:</b> { $rows }
card-checks-row = { $mark } { $check }
card-side = <b>From the customer's side:</b> { $rows }
card-side-row = { $tool } { $host } — { $verdict }
stats-failing = ❌ Failing checks: { $rows }
stats-failing-row = { $check } ({ $verdict }, since { $since }, customers: { $customers })
