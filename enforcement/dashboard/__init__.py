"""The dashboard: what a supervisor sees first, at one moment, on one page. `page` gathers it, `alarms` says what is wrong, `links`
knows where a number leads, `rooms` what it asks of rooms that have no figures."""
