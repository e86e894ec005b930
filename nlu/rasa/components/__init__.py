"""Rasa components; each is a thin coat over a module of nlu that the app shares."""
