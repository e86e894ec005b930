"""What happens when: care places, bookings and reminders."""
