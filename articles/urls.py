"""Addresses of the public site; under /ar/ and /he/ the same in those languages."""

from django.urls import path

app_name = "articles"
urlpatterns = []
