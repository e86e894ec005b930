"""Tips for the age: how many a week and when; what a child's family was told already, and what it likes."""
