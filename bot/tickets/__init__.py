"""Tickets: a customer in a person's hands, from the request to the close; one topic of the staff's forum each."""
