"""The addresses of this app, one module for each room of views/; all under the namespace `refunds`."""

from refunds.urls import agencies, board, groups, imports, returns, work

app_name = "refunds"
urlpatterns = [
    *board.urlpatterns, *agencies.urlpatterns, *groups.urlpatterns, *imports.urlpatterns,
    *returns.urlpatterns, *work.urlpatterns,
]  # fmt: skip
