"""Address of the page about mails that wait for a decision."""

from django.urls import path

from workflows.undecided import views

urlpatterns = [path("mail/", views.undecided, name="undecided")]
