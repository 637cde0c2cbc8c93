"""The addresses of figures."""

urlpatterns = []
