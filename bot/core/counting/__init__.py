"""What happened, counted for the city."""
