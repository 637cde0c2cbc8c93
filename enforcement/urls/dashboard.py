"""The addresses of dashboard."""

urlpatterns = []
