"""Addresses of the board, inside the namespace `workflows`."""

from django.urls import path

from workflows.board import views

urlpatterns = [
    path("board/", views.board, name="board"),
    path("board/<slug:name>.csv", views.table, name="board_table"),
]
