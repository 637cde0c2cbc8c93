"""Addresses of views/board.py."""

from django.urls import path

from refunds.views import board

urlpatterns = [path("refunds/", board.board, name="board")]
