"""日报, the daily report: what it counts (numbers), which rows that were (rows), its text in both languages (writing), how it is
frozen (freezing), what changed (differences), and the plain text to paste (plain). The acts are on models.reports.DailyReport."""
