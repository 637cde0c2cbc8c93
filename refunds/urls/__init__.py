"""The addresses of this app, one module for each room of views/; all under the namespace `refunds`."""

from refunds.urls import agencies, board, groups, imports, work

app_name = "refunds"
urlpatterns = [
    *board.urlpatterns, *agencies.urlpatterns, *groups.urlpatterns, *imports.urlpatterns, *work.urlpatterns,
]  # fmt: skip
