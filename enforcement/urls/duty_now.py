"""Addresses of the roster: now."""

from django.urls import path

from enforcement.views.duty import custody, handover, log, now

urlpatterns = [
    path("", now.now, name="now"),
    path("head/", now.head, name="head"),
    path("wall/", now.wall, name="wall"),
    path("custody/", custody.custody_list, name="custody"),
    path("custody/take/", custody.custody_take, name="custody_take"),
    path("custody/<int:pk>/approve/", custody.custody_approve, name="custody_approve"),
    path("handovers/", handover.handover_list, name="handovers"),
    path("handover/new/", handover.handover_new, name="handover_new"),
    path("handover/<int:pk>/", handover.handover_detail, name="handover"),
    path("handover/<int:pk>/accept/<int:item_pk>/", handover.handover_accept, name="handover_accept"),
    path("handover/<int:pk>/note/", handover.handover_note, name="handover_note"),
    path("handover/<int:pk>/refresh/", handover.handover_refresh, name="handover_refresh"),
    path("handover/<int:pk>/take/", handover.handover_take, name="handover_take"),
    path("handover/<int:pk>/withdraw/", handover.handover_withdraw, name="handover_withdraw"),
    path("handover/<int:pk>/countersign/", handover.handover_countersign, name="handover_countersign"),
    path("handover/<int:pk>/add/", handover.handover_add, name="handover_add"),
    path("log/", log.log, name="log"),
    path("log/new/", log.log_new, name="log_new"),
]
