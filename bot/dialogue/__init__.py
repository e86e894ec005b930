"""How the bot talks: pure functions over plain data. No I/O, no SQL, no sentence."""
