"""Whether a page in the browser keeps the accessibility rules that a machine can check."""

from axe_playwright_python.sync_playwright import Axe

# What WCAG 2.2 AA asks, in axe's names, and what its makers call good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def assert_accessible(page):
    """Fail with a line for each element in which axe-core finds a violation, in what is shown just now."""
    # A page that the last click led to may still be arriving.
    page.wait_for_load_state()
    options = {
        "runOnly": {"type": "tag", "values": RULES},
        "rules": {"target-size": {"enabled": True}},
        "resultTypes": ["violations"],
        # It would put a style sheet of its own into the page, which the content policy refuses.
        "preload": False,
    }
    found = [
        f"{violation['id']}: {violation['help']}: {node['html'][:300]} ({'; '.join(reasons(node))})"
        for violation in Axe().run(page, options=options).response["violations"]
        for node in violation["nodes"]
    ]
    assert not found, f"{page.url} breaks rules of accessibility:\n" + "\n".join(found)


def reasons(node):
    return [check["message"] for kind in ("any", "all", "none") for check in node[kind]]
