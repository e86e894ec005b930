"""A stock Rasa pipeline, trained on the same data, for the bench to compare with."""
