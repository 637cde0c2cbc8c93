"""Addresses of the house: supplies."""

from django.urls import path

from enforcement.views import supplies

urlpatterns = [
    path("supplies/", supplies.supply_list, name="supplies"),
    path("supplies/new/", supplies.supply_new, name="supply_new"),
    path("supplies/issue/", supplies.issue_shift, name="supply_issue_shift"),
    path("supplies/export/", supplies.export, name="supplies_export"),
    path("supplies/movements/", supplies.movement_list, name="supply_movements"),
    path("supplies/movements/<int:pk>/reverse/", supplies.reverse, name="supply_reverse"),
    path("supplies/<int:pk>/", supplies.supply, name="supply"),
    path("supplies/<int:pk>/edit/", supplies.supply_edit, name="supply_edit"),
    path("supplies/<int:pk>/move/", supplies.move, name="supply_move"),
    path("supplies/<int:pk>/count/", supplies.count, name="supply_count"),
]
