"""Every address of the roster, by room: now (who is on duty, custody, handover, log), planning, changes, proof."""

from enforcement.urls import duty_changes, duty_now, duty_planning, duty_proof

app_name = "duty"
urlpatterns = [
    *duty_now.urlpatterns,
    *duty_planning.urlpatterns,
    *duty_changes.urlpatterns,
    *duty_proof.urlpatterns,
]
