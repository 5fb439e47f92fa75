"""What managers and staff want to know: named queries over the record of conversations."""
