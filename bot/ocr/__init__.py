"""What stands on a picture: a customer's screenshot becomes lines of text, in a process of its own."""
