"""What the chat keeps of diagnostics: whose run is shown where, and what was read of a customer's own end."""
