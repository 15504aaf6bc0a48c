def site(request):
    """The publisher, on every page."""
    return {"site": getattr(request, "site", None)}
