"""Keeping the house running: backing up and restoring what it holds, and what is done again and again without anybody asking."""
