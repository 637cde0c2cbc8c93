"""Addresses of views/inspections.py, patrols.py, violations.py and alerts.py."""

from django.urls import path

from venues.views import alerts, inspections, patrols, violations

urlpatterns = [
    path("inspections/", inspections.inspection_list, name="inspections"),
    path("inspections/new/", inspections.inspection_new, name="inspection_new"),
    path("inspections/<int:pk>/", inspections.inspection_detail, name="inspection"),
    path("inspections/<int:pk>/correct/", inspections.inspection_correct, name="inspection_correct"),
    path("patrols/", patrols.patrol_list, name="patrols"),
    path("patrols/new/", patrols.patrol_new, name="patrol_new"),
    path("patrols/<str:number>/", patrols.patrol_detail, name="patrol"),
    path("patrols/<str:number>/return/", patrols.patrol_return, name="patrol_return"),
    path("violations/", violations.violation_list, name="violations"),
    path("violations/<int:pk>/", violations.violation_detail, name="violation"),
    path("violations/<int:pk>/stop/", violations.violation_stop, name="violation_stop"),
    path("violations/<int:pk>/move/", violations.violation_move, name="violation_move"),
    path("alerts/", alerts.alert_list, name="alerts"),
    path("alerts/new/", alerts.alert_new, name="alert_new"),
    path("alerts/<int:pk>/", alerts.alert_detail, name="alert"),
    path("alerts/<int:pk>/answer/", alerts.alert_answer, name="alert_answer"),
]
