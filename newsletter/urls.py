"""The newsletter's addresses, under every language."""

app_name = "newsletter"
urlpatterns = []
