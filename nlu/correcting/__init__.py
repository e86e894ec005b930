"""Messages that the model was unsure of, corrected by people, and the trainings that learn from them."""
