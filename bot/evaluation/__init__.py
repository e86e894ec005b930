"""How right the answers are: intents, retrieval, danger signs, times and ages, each apart and as a whole."""
