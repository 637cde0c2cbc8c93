"""Addresses of views/orders.py, views/ending.py, views/target.py and views/notices.py."""

from django.urls import path

from venues.views import ending, notices, orders, target

urlpatterns = [
    path("orders/", orders.orders, name="orders"),
    path("orders/new/", orders.order_new, name="order_new"),
    path("orders/<int:pk>/", orders.order, name="order"),
    path("orders/<int:pk>/scope/", orders.order_scope, name="order_scope"),
    path("orders/<int:pk>/edit/", orders.order_edit, name="order_edit"),
    path("orders/<int:pk>/activate/", orders.order_activate, name="order_activate"),
    path("orders/<int:pk>/cancel/", ending.order_cancel, name="order_cancel"),
    path("orders/<int:pk>/lift/", ending.order_lift, name="order_lift"),
    path("orders/<int:pk>/changes/", target.changes, name="order_changes"),
    path("orders/<int:pk>/targets/add/", target.target_add, name="target_add"),
    path("orders/<int:pk>/targets/<int:target_pk>/", target.target, name="target"),
    path("orders/<int:pk>/targets/<int:target_pk>/notice/", target.target_notice, name="target_notice"),
    path("orders/<int:pk>/targets/<int:target_pk>/exclude/", target.target_exclude, name="target_exclude"),
    path("orders/<int:pk>/targets/<int:target_pk>/reinstate/", target.target_reinstate, name="target_reinstate"),
    path("orders/<int:pk>/notices/", notices.notices, name="notices"),
    path("orders/<int:pk>/notices/group/", notices.notices_group, name="notices_group"),
]
