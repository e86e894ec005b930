"""The child health plan: what is due when from the birth date, what the family did about it, and its reminders."""
