"""Who talks to us, their children, their consent: the least that the service needs."""
