"""The addresses of this app, one module for each room of views/; all under the namespace `complaints`."""

from complaints.urls import calls, complaints, sheets

app_name = "complaints"
urlpatterns = [*calls.urlpatterns, *sheets.urlpatterns, *complaints.urlpatterns]
