"""Addresses that nobody's browser asks for, and that would be a 500 further in."""

# Longer addresses than this are nobody's; proxies refuse them too.
MAX_TARGET = 8192


def fault_of(request):
    """Return in a sentence why a request's address is refused, or None."""
    query = request.META.get("QUERY_STRING", "")
    if "\0" in request.path or "\0" in query or "%00" in query:
        return "This address contains a NUL byte."
    if len(request.path) + len(query) > MAX_TARGET:
        return "This address is too long."
    return None
