"""The addresses of this app, one module for each room of views/; all under the namespace `venues`."""

from venues.urls import board, calldown, imports, inspections, orders, registry

app_name = "venues"
urlpatterns = [
    *registry.urlpatterns,
    *imports.urlpatterns,
    *orders.urlpatterns,
    *calldown.urlpatterns,
    *board.urlpatterns,
    *inspections.urlpatterns,
]
