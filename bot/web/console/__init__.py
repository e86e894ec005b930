"""The console: health workers curate, nurses answer, centre staff run the day, the city looks on."""
