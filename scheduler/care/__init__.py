"""Care places: centres, rooms, cells, bookings, waiting, free uses, group sessions. Doors: model, store, service."""
