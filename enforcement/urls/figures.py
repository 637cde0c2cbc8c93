"""The addresses of figures."""

from django.urls import path

from enforcement.views import figures

urlpatterns = [
    path("api/figures", figures.figures_json, name="figures_json"),
    path("api/figures/help", figures.figures_help, name="figures_help"),
]
