"""Who receives the publication. One module a concept; import every model from here."""

from .confirmation import ConfirmationToken
from .consent import ConsentEvent
from .newsletter import Newsletter
from .outgoing import SignupRequest, WelcomeMail
from .subscriber import Subscriber
from .subscription import Blocked, Subscription
from .suppression import Suppression

__all__ = [
    "Blocked",
    "ConfirmationToken",
    "ConsentEvent",
    "Newsletter",
    "SignupRequest",
    "Subscriber",
    "Subscription",
    "Suppression",
    "WelcomeMail",
]
