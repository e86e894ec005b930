"""The child health plan in a talk: its picture and words, marking what is done, what it rests on, a calendar. Pure."""
