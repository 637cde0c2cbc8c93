"""What `make` runs, and `testing`, the pytest plugin. The project itself never imports any of it."""
