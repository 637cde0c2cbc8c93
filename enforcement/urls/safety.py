"""Addresses of the house: safety."""

from django.urls import path

from enforcement.views import safety

urlpatterns = [
    path("health/", safety.my_health, name="my_health"),
    path("health/day/", safety.health_day, name="health_day"),
    path("health/day/record/", safety.health_record, name="health_record"),
    path("health/day/isolations/", safety.isolation_list, name="isolations"),
    path("health/day/isolations/new/", safety.isolation_new, name="isolation_new"),
    path("health/day/isolations/<int:pk>/end/", safety.isolation_end, name="isolation_end"),
    path("disinfections/", safety.disinfection_list, name="disinfections"),
    path("disinfections/new/", safety.disinfection_new, name="disinfection_new"),
]
