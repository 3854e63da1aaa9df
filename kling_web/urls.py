"""Addresses of the installation: the product's own are in storyboard/urls.py."""

from django.urls import include, path

urlpatterns = [path("", include("storyboard.urls"))]

handler400 = "storyboard.views.shell.bad_request"
handler403 = "storyboard.views.shell.permission_denied"
handler404 = "storyboard.views.shell.page_not_found"
handler500 = "storyboard.views.shell.server_error"
