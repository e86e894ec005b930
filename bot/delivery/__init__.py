"""Messages in and out, none lost: rows first, network second."""
