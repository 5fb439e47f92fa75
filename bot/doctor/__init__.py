"""`diagnost doctor`: looks at a set-up from outside and says, in sentences, what is wrong and what mends it.

Decides nothing about the running bot and changes nothing: it reads settings as values, asks Telegram, looks at the
machine. `legs.py`, `telegram.py`, `machine.py` and `store.py` look; `checks.py`, `staff_checks.py` and
`machine_checks.py` turn what was seen into findings and are pure; `examine.py` runs it all within its deadlines.
"""
