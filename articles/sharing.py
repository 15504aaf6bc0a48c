"""Where readers pass an article on to: plain links, which ask nobody before they are pressed."""

from urllib.parse import quote

# Each makes a card of the page at the address, so that the title need not be sent along.
SERVICES = {
    "WhatsApp": "https://wa.me/?text={}",
    "Telegram": "https://t.me/share/url?url={}",
    "LinkedIn": "https://www.linkedin.com/sharing/share-offsite/?url={}",
    "Bluesky": "https://bsky.app/intent/compose?text={}",
    "X": "https://x.com/intent/post?url={}",
}


def links(address):
    """Return (name, address) of the page of each service on which a reader passes an address on."""
    return [(name, form.format(quote(address, safe=":/"))) for name, form in SERVICES.items()]
