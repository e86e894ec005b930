"""What the staff of a centre may do. Every use case takes the `Actor`, asks whether this person may do it at this
centre, and looks only at what belongs to this centre: another centre's booking is an unknown booking.

day (today and the week), door (arrivals, walk-ins, longer and shorter stays), changing (hours, closures, staff on
duty, prices: with a preview), meetings (group sessions and series), lines (who waits), profile.
"""
