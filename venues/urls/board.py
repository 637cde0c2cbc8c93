"""Addresses of views/board.py. The board itself is what the address of an order in force shows (views/orders.py)."""

from django.urls import path

from venues.views import board

urlpatterns = [
    path("orders/<int:pk>/wall/", board.board_wall, name="board_wall"),
    path("orders/<int:pk>/targets/", board.targets, name="targets"),
]
