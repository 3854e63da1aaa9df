"""The product's addresses, and beside them the floors it is compared with."""

from django.urls import include, path

from tests.bench import floors

urlpatterns = [
    path("floor/page/<int:size>/", floors.page),
    path("floor/save/<int:size>/", floors.save),
    path("floor/knock/", floors.knock),
    path("", include("kling_web.urls")),
]
