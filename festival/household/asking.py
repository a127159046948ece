"""How often somebody may ask for tickets that got lost: counted by the address that asks and by the number asked for.

A number counts as it is stored (E.164), so that writing it in another way is no new number; it is kept as a digest. The
address's limits leave room for a whole venue behind one address. There are 6.5e11 codes: twenty tries find none.
"""

from __future__ import annotations

from flask_limiter.util import get_remote_address
from limits import RateLimitItem, parse

from festival.core.secrets import digest
from festival.extensions import limiter

TRIES_OF_AN_ADDRESS = parse("60 per 10 minutes")
TRIES_FOR_A_NUMBER = parse("20 per hour")
SENDINGS_OF_AN_ADDRESS = parse("60 per hour")
SENDINGS_TO_A_CONTACT = parse("3 per hour")


def address_may(limit: RateLimitItem) -> bool:
    """Count one more call of the address that asks; False when that is too many."""
    return _counted(limit, f"address:{get_remote_address()}")


def may_ask_for(limit: RateLimitItem, contact: str) -> bool:
    """Count one more call for this number or e-mail address, whether or not anybody has it; False for too many."""
    return _counted(limit, f"contact:{digest(contact)}")


def _counted(limit: RateLimitItem, key: str) -> bool:
    return not limiter.enabled or limiter.limiter.hit(limit, "coming-back", key)
