"""Pressing the button of a page that first shows what would happen."""

import re


def confirm(client, page):
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text)
    sent = {}
    for name, value in fields:
        sent.setdefault(name, []).append(value)
    address = re.search(r'<form method="post" action="([^"]*)"', page.text)[1]
    return client.post(address, sent, follow=True)
