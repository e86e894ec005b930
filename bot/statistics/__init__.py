"""The city's numbers: counted from happenings and bookings, without texts, with small groups hidden."""
