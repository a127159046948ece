"""The certificate as an Open Badges 3.0 credential: checked here by another library than the one that signs it."""

from __future__ import annotations

import base64
import json
from datetime import datetime

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from festival.certificates.issuing import issue
from festival.certificates.replacing import replace, revoke
from festival.extensions import db
from festival.registration.links import secret_of


@pytest.fixture
def family(make_household):
    return make_household(members=1)


@pytest.fixture
def issued(family, admit):
    admit(family.attendees[0])
    certificate = issue(family.attendees[0]).certificate
    db.session.commit()
    return certificate


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.fixture
def token(client, family, issued) -> str:
    answer = client.get(f"/r/{secret_of(family)}/certificates/credential/{issued.id}.jwt")
    assert answer.mimetype == "application/vc+jwt"
    return answer.text


def key_of(client, token: str) -> Ed25519PublicKey:
    """As a stranger's program finds it: at the address that the token names."""
    header = json.loads(decoded(token.split(".")[0]))
    assert (header["alg"], header["typ"]) == ("EdDSA", "JWT")
    assert header["kid"].startswith("http://festival.test/")
    key = client.get(header["kid"].removeprefix("http://festival.test")).json
    assert (key["kty"], key["crv"], key["kid"]) == ("OKP", "Ed25519", header["kid"])
    assert "d" not in key
    return Ed25519PublicKey.from_public_bytes(decoded(key["x"]))


def test_the_signature_is_checked_with_the_key_at_its_address(client, token):
    head, payload, signature = token.split(".")
    key = key_of(client, token)

    key.verify(decoded(signature), f"{head}.{payload}".encode())
    forged = json.loads(decoded(payload))
    forged["credentialSubject"]["identifier"][0]["identityHash"] = "Trần Văn Giả"
    other = base64.urlsafe_b64encode(json.dumps(forged).encode()).rstrip(b"=").decode()
    with pytest.raises(InvalidSignature):
        key.verify(decoded(signature), f"{head}.{other}".encode())


def test_it_says_what_open_badges_3_asks_for(token, issued, festival):
    claims = json.loads(decoded(token.split(".")[1]))

    assert claims["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert claims["@context"][1].startswith("https://purl.imsglobal.org/spec/ob/v3p0/context-3")
    assert {"VerifiableCredential", "OpenBadgeCredential"} <= set(claims["type"])
    assert claims["iss"] == claims["issuer"]["id"] == f"http://festival.test/c/issuers/{festival.slug}"
    assert claims["jti"] == claims["id"]
    assert claims["id"].startswith("urn:uuid:")
    assert datetime.fromisoformat(claims["validFrom"]).timestamp() == claims["nbf"] == int(issued.issued_at.timestamp())
    subject = claims["credentialSubject"]
    assert subject["identifier"][0] == {
        "type": "IdentityObject",
        "identityHash": issued.name,
        "identityType": "name",
        "hashed": False,
    }
    achievement = subject["achievement"]
    assert achievement["type"] == ["Achievement"]
    assert achievement["criteria"]["narrative"]
    assert "Không phải xác nhận chính thức" in achievement["description"]


def test_its_id_gives_the_code_away_to_nobody(token, issued):
    assert issued.code not in json.dumps(json.loads(decoded(token.split(".")[1])))


@pytest.mark.parametrize("end", [revoke, replace])
def test_what_counts_no_longer_is_in_the_list_and_not_handed_out(client, family, issued, token, end):
    claims = json.loads(decoded(token.split(".")[1]))
    listed = claims["credentialStatus"]["id"].removeprefix("http://festival.test")
    assert claims["credentialStatus"]["type"] == "1EdTechRevocationList"
    assert client.get(listed).json["revokedCredential"] == []

    end(issued, "Nhầm")
    db.session.commit()

    assert client.get(listed).json["revokedCredential"] == [claims["id"]]
    assert client.get(f"/r/{secret_of(family)}/certificates/credential/{issued.id}.jwt").status_code in (404, 410)


def test_a_festival_that_issued_nothing_has_no_issuer(client, festival):
    assert client.get(f"/c/issuers/{festival.slug}/key.json").status_code == 404


def test_the_profile_names_the_same_key(client, issued, festival):
    profile = client.get(f"/c/issuers/{festival.slug}").json

    assert profile["verificationMethod"][0]["publicKeyJwk"] == client.get(f"/c/issuers/{festival.slug}/key.json").json
    assert profile["name"] == festival.organizer_name
