"""Which requests are for the editors' desk."""


def is_desk(request):
    """Return whether the request is for the editors' desk: nothing there is kept, all else has no cookies."""
    return request.path_info.startswith("/admin/")
