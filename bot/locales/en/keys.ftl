# Keys and coupons: what is wrong with them, the check on the server, deleting the message.

key-right = ✅ { $kind ->
        [coupon] Coupon
       *[key] Registration number
    } <b>{ $masked }</b> is written correctly: { $count } { $count ->
        [one] character
       *[other] characters
    }.
key-counted = { $kind ->
        [coupon] The coupon <b>{ $prefix }-…</b>
       *[key] The registration number <b>{ $prefix }-…</b>
    } has { $got } { $got ->
        [one] character
       *[other] characters
    } { $over ->
        [yes] instead of
       *[no] of
    } { $wanted }.
key-wrong-letters = { $kind ->
        [coupon] The coupon <b>{ $prefix }-…</b> holds characters that do not belong there.
       *[key] The registration number <b>{ $prefix }-…</b> holds characters that do not belong there.
    }
key-group = The { $number ->
        [1] first
        [2] second
        [3] third
        [4] fourth
        [5] fifth
       *[other] { $number }th
    } group has { $size } { $size ->
        [one] character
       *[other] characters
    } instead of { $wanted }.
key-groups-missing = There { $groups ->
        [one] is { $groups } group
       *[other] are { $groups } groups
    } instead of { $wanted }.
key-groups-extra = There are { $groups } groups instead of { $wanted }: one too many, perhaps from the text beside it.
key-groups-right = Group by group the length is right and I see nothing missing; please compare it with the e-mail.
key-foreign = { $count ->
        [one] The character { $letters } does
       *[other] The characters { $letters } do
    } not occur in a number: it has only Latin letters and digits.
key-cut-off = It breaks off at the end of the line: the end seems to have been lost in copying. Send the rest as your next message, or the whole number.
key-unknown-prefix = I do not know the beginning <b>{ $prefix }-</b>: it is a number of another product, or a typo. I know these: { $known }.
key-slipped-prefix = It looks like a { $kind ->
        [coupon] coupon
       *[key] registration number
    }, but there is a typo at the beginning: it must be <b>{ $prefix }-</b>.
key-no-prefix = { $fits ->
        [yes] It looks like a number without its beginning: the groups have the right length, but the prefix is missing. There are these: { $known }.
       *[no] It looks like a number, but not one of ours: { $groups } groups and no prefix. Ours look like this: { $known }.
    }
key-known-format = { $kind ->
        [coupon] <code>{ $sample }</code> (coupon)
       *[key] <code>{ $sample }</code> (registration number)
    }
key-placeholder = <code>{ $sample }</code> is a sample, not a number: the real one has letters and digits instead of X.
key-more = More keys in this message: { $count }. Send them one by one if they need checking.

key-mended = I corrected: { $mends }.
key-mended-advice = In the program, enter it without that: Latin letters and plain hyphens.
key-mend-prefix = a look-alike instead of a letter at the beginning
key-mend-cyrillic = { $count ->
        [one] the Cyrillic letter { $letters }
       *[other] the Cyrillic letters { $letters }
    }
key-mend-greek = { $count ->
        [one] the Greek letter { $letters }
       *[other] the Greek letters { $letters }
    }
key-mend-wide = wide letters
key-mend-case = small letters
key-mend-dashes = long dashes instead of hyphens
key-mend-no-dashes = missing hyphens between the groups
key-mend-moved-dashes = hyphens in the wrong places
key-mend-spaces = spaces
key-mend-breaks = a line break
key-mend-quotes = quotation marks
key-mend-invisible = invisible characters
key-mend-marks = stray marks

key-is-coupon = This is a coupon, not a registration number.
key-is-key = This is a registration number, not a coupon.
key-where = { $kind ->
        [coupon] A coupon is entered { $where }.
       *[key] A registration number is entered { $where }.
    }
key-private = 🔐 { $waits ->
        [yes] I keep the number encrypted for 15 minutes at the most, in case you want it checked; then only its last characters remain.
        [half] Send the rest in your next message: I keep the beginning encrypted for two minutes, then it is erased.
       *[no] I did not store the whole number, only its last characters.
    } It opens the customer account, so it is better to delete the message.
key-joined = I put it together from two messages.
key-private-password = I did not store the password of your message.

btn-key-check = 🔎 Check the key
btn-key-delete = 🗑 Delete the message with the key
btn-key-consent = ✅ Yes, send it for checking
btn-key-refuse = ✖️ No, do not send it

key-consent-ask =
    I will check the number <b>{ $masked }</b> with the licence server <code>{ $host }</code>. For that the whole number goes there { $secure ->
        [yes] over an encrypted connection
       *[no] without encryption
    }. I keep nothing: it is erased right after the check. Send it?
key-consent-refused = All right, nothing is sent. The number is erased.
key-checking = ⏳ Checking the number <b>{ $masked }</b>, this takes a few seconds.
key-again = I have erased the number: I keep it for 15 minutes at the most. Send the key again.
key-check-off = I cannot look the number up at the vendor: no licence server has been set up for me. I can tell whether it is written correctly and whether the server is reachable. You see terms, seats and bindings in your customer account.

key-deleted = 🗑 The message with the key is deleted from our chat.
key-delete-gone = That message is no longer in the chat.
key-delete-late = That did not work: Telegram lets a bot delete messages for 48 hours only. Please delete it yourself: tap the message and choose "Delete".
key-delete-failed = That did not work: Telegram did not answer. Press the button again, or delete the message yourself.

key-result-ok = ✅ Number <b>{ $masked }</b>: the licence server knows it, and I see nothing wrong.
key-result-good = ✅ Number <b>{ $masked }</b>: { $reason }
key-result-bad = ❌ Number <b>{ $masked }</b>: { $reason }
key-result-warn = ⚠️ Number <b>{ $masked }</b>: { $reason }
key-result-unknown = ❔ Number <b>{ $masked }</b> could not be checked: { $reason } That says nothing about the number itself. You see terms and seats in your customer account.
key-reason-key_invalid = the licence server does not know this number.
key-reason-no_seat = there are no free seats.
key-reason-licence_expired = the licence has expired.
key-reason-server_code = the licence server answered with code { $code }.
key-reason-not_allowed = the licence server refused access.
key-reason-other = the licence server gave an unusual answer.
key-unchecked-dns = the name of the licence server was not found.
key-unchecked-refused = the licence server accepts no connections.
key-unchecked-timeout = the licence server did not answer in time.
key-unchecked-tls = the connection to the licence server cannot be trusted; the number was not sent.
key-unchecked-http = the licence server answered with an error.
key-unchecked-answer = the answer of the licence server makes no sense to me.
key-unchecked-too_big = the answer of the licence server is too large.
key-unchecked-redirect = the licence server points to another address; I do not pass the number on to it.
key-unchecked-address = the address of the licence server is not an allowed one; the number was not sent.
key-unchecked-other = something went wrong.
