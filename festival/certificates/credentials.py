"""The same certificate as an Open Badges 3.0 credential: a signed token that other programs check without us.

It is signed with the festival's key (Ed25519), the one its tickets are signed with; whose public half stands at the
address named in the token's `kid`. It carries the holder's name, so only the holder's own page hands it out.

Sources: 1EdTech Open Badges 3.0, 8.2 (JSON Web Token proof format); W3C Verifiable Credentials Data Model 2.0.
"""

from __future__ import annotations

import base64
import warnings
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from flask import current_app
from joserfc import jwt
from joserfc.jwk import OKPKey
from sqlalchemy import select

from festival.certificates.models import Certificate, CertificateKind
from festival.core.clock import at_local
from festival.core.secrets import mark
from festival.core.signing import private_bytes
from festival.extensions import db
from festival.programme.models import Festival

ALGORITHM = "EdDSA"
"""What programs that check credentials know; RFC 9864 calls the same signatures Ed25519."""
warnings.filterwarnings("ignore", message="EdDSA is deprecated via RFC 9864")

CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
_TYPES = {
    CertificateKind.PARTICIPATION: "Badge",
    CertificateKind.COMPLETION: "Course",
    CertificateKind.VOLUNTEER: "CommunityService",
    CertificateKind.HOST: "CommunityService",
    CertificateKind.HOUSEHOLD: "Badge",
}


def credential_of(certificate: Certificate) -> dict[str, Any]:
    """The credential as plain JSON values; what it says is frozen with the certificate."""
    festival, content = certificate.festival, certificate.edition.content
    sheet = content["sheet"]
    what = sheet.get("workshop") or sheet["festival"]
    return {
        "@context": list(CONTEXTS),
        "id": credential_id(certificate),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {
            "id": _address(f"/c/issuers/{festival.slug}"),
            "type": ["Profile"],
            "name": sheet["issuer"],
        },
        "validFrom": certificate.issued_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "name": f"{certificate.design.name}: {what}",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {"type": "IdentityObject", "identityHash": certificate.name, "identityType": "name", "hashed": False}
            ],
            "activityStartDate": _moment(sheet["first_day"], time(0)),
            "activityEndDate": _moment(sheet["last_day"], time(23, 59)),
            "achievement": {
                "id": _urn("achievement", certificate.design_id),
                "type": ["Achievement"],
                "achievementType": _TYPES[certificate.design.kind],
                "name": f"{certificate.design.name}: {what}",
                "description": _DESCRIPTIONS[certificate.design.kind].format(what=what),
                "criteria": {"narrative": _DESCRIPTIONS[certificate.design.kind].format(what=what)},
            },
        },
        "credentialStatus": {
            "id": _address(f"/c/issuers/{festival.slug}/revoked.json"),
            "type": "1EdTechRevocationList",
        },
    }


_DESCRIPTIONS = {
    CertificateKind.PARTICIPATION: "Đã tham gia: {what}. Không phải xác nhận chính thức về kỹ năng số.",
    CertificateKind.COMPLETION: "Đã hoàn thành hoạt động: {what}. Không phải xác nhận chính thức về kỹ năng số.",
    CertificateKind.VOLUNTEER: "Đã tình nguyện phục vụ tại: {what}.",
    CertificateKind.HOST: "Đã đồng hành cùng: {what}.",
    CertificateKind.HOUSEHOLD: "Cả gia đình đã tham gia: {what}. Không phải xác nhận chính thức về kỹ năng số.",
}
"""Vietnamese as the paper is, whatever language the page was read in."""


def token_of(certificate: Certificate) -> str:
    """The credential as a signed token (compact JWS, VC-JWT)."""
    festival, credential = certificate.festival, credential_of(certificate)
    claims = credential | {
        "iss": credential["issuer"]["id"],
        "jti": credential["id"],
        "nbf": int(certificate.issued_at.timestamp()),
    }
    header = {"alg": ALGORITHM, "typ": "JWT", "kid": key_address(festival)}
    return jwt.encode(header, claims, _key(festival), algorithms=[ALGORITHM])


def credential_id(certificate: Certificate) -> str:
    """Names the credential without giving its code away: it may stand in a public list."""
    return _urn("credential", certificate.id)


def key_address(festival: Festival) -> str:
    """Where the public key stands."""
    return _address(f"/c/issuers/{festival.slug}/key.json")


def public_key_of(festival: Festival) -> dict[str, str]:
    """The festival's public key (RFC 8037) as `kid` promises it."""
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": _base64url(festival.public_key),
        "alg": ALGORITHM,
        "use": "sig",
        "kid": key_address(festival),
    }


def profile_of(festival: Festival) -> dict[str, Any]:
    """Who issues, and with which key."""
    own = _address(f"/c/issuers/{festival.slug}")
    return {
        "@context": list(CONTEXTS),
        "id": own,
        "type": ["Profile"],
        "name": festival.organizer_name,
        "verificationMethod": [
            {
                "id": key_address(festival),
                "type": "JsonWebKey",
                "controller": own,
                "publicKeyJwk": public_key_of(festival),
            }
        ],
    }


def revoked_credentials(festival: Festival) -> dict[str, Any]:
    """The credentials that count no longer, revoked or replaced (1EdTech Revocation List)."""
    ids = db.session.scalars(
        select(Certificate.id).where(
            Certificate.festival_id == festival.id,
            Certificate.revoked_at.is_not(None) | Certificate.replaced_at.is_not(None),
        )
    )
    return {
        "id": _address(f"/c/issuers/{festival.slug}/revoked.json"),
        "issuer": _address(f"/c/issuers/{festival.slug}"),
        "revokedCredential": sorted(_urn("credential", each) for each in ids),
    }


def _key(festival: Festival) -> OKPKey:
    private = private_bytes(festival.sealed_private_key)
    return OKPKey.import_key(
        {"kty": "OKP", "crv": "Ed25519", "x": _base64url(festival.public_key), "d": _base64url(private)}
    )


def _urn(purpose: str, number: int) -> str:
    return UUID(bytes=mark(purpose, str(number))[:16], version=4).urn


def _address(path: str) -> str:
    return f"{current_app.extensions['settings'].public_url.rstrip('/')}{path}"


def _moment(day: str, clock: time) -> str:
    return at_local(datetime.fromisoformat(day).date(), clock).isoformat().replace("+00:00", "Z")


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
