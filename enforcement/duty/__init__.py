"""The reckoning of the roster: who is on duty, where it has gaps, what it costs whom. It reads rows and writes none."""
