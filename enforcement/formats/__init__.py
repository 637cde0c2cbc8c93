"""How dates and times are written where no template says it (the administration): 2020-01-24 16:30 in both languages."""
