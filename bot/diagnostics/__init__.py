"""Remote diagnostics: checks from our side, what customers paste back, and what both together mean."""
