"""The pages about signing: keys for issuers, what residents and the public are told, and nothing unsigned going out."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest
from sqlalchemy import select

from festival.accounts.models import AuditEntry, StaffRole
from festival.certificates import signing
from festival.certificates.designs import standard_design
from festival.certificates.external import file_to_sign
from festival.certificates.issuing import issue
from festival.certificates.models import Certificate, CertificateFile, Design, IssueRun, KeySource, RunState, SigningKey
from festival.certificates.runs import ask, work_off
from festival.certificates.signatures_in import Integrity, signatures_in
from festival.certificates.signing_keys import choose_key, make_signing_key, retire
from festival.extensions import db
from festival.registration.links import secret_of
from tests import factories
from tests.certificates.keys import PASSWORD, add_file, key_file
from tests.conftest import plain
from tests.nonsense import VALUES


@pytest.fixture
def browser(sign_in):
    return sign_in(StaffRole.ISSUER)


@pytest.fixture
def here(festival):
    return f"/manage/{festival.slug}/certificates/keys"


def sent(content: bytes | None = None, **values: str) -> dict[str, object]:
    file = io.BytesIO(key_file() if content is None else content)
    return {"file": (file, "khoa.p12"), "password": PASSWORD, "name": "Con dấu", "timestamp_url": "", **values}


def test_a_key_comes_from_a_file_and_is_never_shown_again(browser, here):
    answer = browser.post(f"{here}/file?lang=en", data=sent(), follow_redirects=True)

    assert "The key Con dấu is kept." in plain(answer.text)
    key = db.session.scalar(select(SigningKey))
    assert (key.source, key.self_made) == (KeySource.PKCS12, False)
    pages = [browser.get(address).text for address in (here, f"{here}/{key.id}", f"{here}/{key.id}/retire")]
    for page in pages:
        assert PASSWORD not in page
        assert key.sealed.decode() not in page


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"content": b"%PDF-1.7"}, "This is no key file."),
        ({"content": b"0" * 70_000}, "The file is too large for a key"),
        ({"password": "wrong"}, "The password does not open this file."),
        ({"timestamp_url": "tsa.example"}, "An address begins with http"),
        ({"timestamp_url": "http://127.0.0.1:9/"}, "This address is in a private network."),
    ],
)
def test_what_is_wrong_with_a_key_stands_at_the_field(browser, here, values, words):
    answer = browser.post(f"{here}/file?lang=en", data=sent(**values))

    assert answer.status_code == 422
    assert words in answer.text
    assert PASSWORD not in answer.text
    assert db.session.query(SigningKey).count() == 0


def test_a_key_whose_time_stamps_fail_is_not_kept(browser, here, timestamps):
    timestamps.behaviour = "refuses"
    answer = browser.post(f"{here}/file?lang=en", data=sent(timestamp_url=timestamps.url))
    assert answer.status_code == 422
    assert "The time stamp server does not answer" in answer.text

    timestamps.behaviour = ""
    assert browser.post(f"{here}/file", data=sent(timestamp_url=timestamps.url)).status_code == 303
    assert db.session.scalar(select(SigningKey.timestamp_url)) == timestamps.url


def test_without_an_allowed_driver_there_is_no_form_for_tokens(browser, here):
    assert browser.get(f"{here}/token").status_code == 404
    assert browser.post(f"{here}/token", data={"module": "/tmp/mine.so"}).status_code == 404
    assert "In a token at the server" not in browser.get(f"{here}?lang=en").text


def test_one_press_makes_a_key_that_proves_integrity_only(browser, here, organization):
    answer = browser.post(f"{here}/make?lang=en", follow_redirects=True)

    key = db.session.scalar(select(SigningKey))
    assert key.self_made
    assert key.name == organization.name
    assert "proves integrity only" in plain(answer.text)
    assert "proves integrity only" in browser.get(f"{here}/{key.id}?lang=en").text


def test_only_issuers_see_keys_and_only_those_of_their_organization(browser, sign_in, here, make_festival):
    other = make_festival(organization_id=factories.make_organization("UBND phường khác").id)
    foreign = make_signing_key(other)
    design = standard_design(other)
    db.session.commit()

    assert sign_in(StaffRole.DOOR_MANAGER).get(here).status_code == 403
    assert sign_in(StaffRole.OBSERVER).get(here).status_code == 403
    assert foreign.name not in browser.get(here).text
    for method, address in (("get", ""), ("post", "/try"), ("get", "/retire"), ("post", "/retire")):
        assert getattr(browser, method)(f"{here}/{foreign.id}{address}").status_code == 404
    browser.post(f"{here}/designs", data={f"design-{design.id}-key": foreign.id})
    db.session.expire_all()
    assert design.signing_key_id is None


def test_a_key_is_chosen_for_a_design_and_retired(browser, festival, here):
    design, key, foreign = (
        standard_design(festival),
        make_signing_key(festival),
        make_signing_key(factories.make_festival()),
    )
    db.session.commit()

    choice = f"design-{design.id}-key"
    browser.post(f"{here}/designs", data={choice: foreign.id})
    assert db.session.scalar(select(Design.signing_key_id).where(Design.id == design.id)) is None
    answer = browser.post(f"{here}/designs?lang=en", data={choice: key.id}, follow_redirects=True)
    assert f"is signed with {key.name} from now on." in plain(answer.text)

    assert "1 design is signed with it." in browser.get(f"{here}/{key.id}/retire?lang=en").text
    browser.post(f"{here}/{key.id}/retire")
    db.session.expire_all()
    assert key.retired_at is not None
    assert "Signing works." not in browser.post(f"{here}/{key.id}/try?lang=en", follow_redirects=True).text
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert {"signing_key.added", "certificate_design.key_chosen", "signing_key.retired"} <= actions


def test_a_key_is_tried_and_its_time_stamp_server_changed(browser, festival, here, timestamps):
    key = make_signing_key(festival)
    db.session.commit()

    assert "Signing works." in browser.post(f"{here}/{key.id}/try?lang=en", follow_redirects=True).text
    assert browser.post(f"{here}/{key.id}", data={"timestamp_url": timestamps.url}).status_code == 303
    db.session.expire_all()
    assert key.timestamp_url == timestamps.url
    timestamps.behaviour = "fails"
    answer = browser.post(f"{here}/{key.id}/try?lang=en", follow_redirects=True)
    assert "The time stamp server does not answer" in answer.text


@pytest.fixture
def family(make_household):
    return make_household(members=1)


@pytest.fixture
def signed_by(festival, family, admit):
    """A certificate of the family whose design is signed with a key."""

    def make(key: SigningKey) -> Certificate:
        choose_key(standard_design(festival), key)
        admit(family.attendees[0])
        certificate = issue(family.attendees[0]).certificate
        db.session.commit()
        return certificate

    return make


def test_every_door_hands_out_the_same_signed_file(client, sign_in, festival, family, signed_by):
    certificate = signed_by(make_signing_key(festival))

    first = client.get(f"/r/{secret_of(family)}/certificates/{family.attendees[0].id}")
    again = sign_in().get(f"/manage/{festival.slug}/certificates/{certificate.id}.pdf")

    assert first.data == again.data
    (found,) = signatures_in(first.data)
    assert found.integrity is Integrity.INTACT
    assert db.session.query(CertificateFile).count() == 1


def test_when_signing_fails_nothing_goes_out_and_the_family_is_told(client, sign_in, festival, family, signed_by):
    key = make_signing_key(festival)
    certificate = signed_by(key)
    retire(key, festival)
    db.session.commit()

    answer = client.get(f"/r/{secret_of(family)}/certificates/{family.attendees[0].id}?lang=en")
    assert answer.status_code == 503
    assert answer.mimetype == "text/html"
    assert "Signing is not possible at the moment" in answer.text
    assert "Please try again in a few minutes" in answer.text
    assert sign_in().get(f"/manage/{festival.slug}/certificates/{certificate.id}.pdf").status_code == 503
    assert db.session.query(CertificateFile).count() == 0


def test_a_run_that_cannot_sign_issues_nothing_and_says_why(browser, festival, family, admit, timestamps):
    key = add_file(festival, "Có dấu thời gian", key_file(), PASSWORD, timestamps.url)
    design = standard_design(festival)
    choose_key(design, key)
    admit(family.attendees[0])
    timestamps.behaviour = "refuses"
    run = ask(design, None)
    db.session.commit()

    assert work_off() == 0
    db.session.expire_all()
    assert db.session.get(IssueRun, run.id).state is RunState.FAILED
    assert db.session.query(Certificate).count() == 0
    page = browser.get(f"/manage/{festival.slug}/certificates/runs/{run.id}?lang=en")
    assert "The time stamp server does not answer" in page.text

    timestamps.behaviour = ""
    browser.post(f"/manage/{festival.slug}/certificates/runs/{run.id}")
    work_off()
    assert db.session.query(Certificate).count() == 1


def test_with_a_self_made_key_every_page_says_what_it_proves(client, sign_in, festival, family, signed_by):
    certificate = signed_by(make_signing_key(festival))
    file = client.get(f"/r/{secret_of(family)}/certificates/{family.attendees[0].id}").data
    checked = client.post("/c/file?lang=en", data={"file": (io.BytesIO(file), "x.pdf")})

    for page in (
        client.get(f"/c/{certificate.code}?lang=en"),
        client.get(f"/r/{secret_of(family)}/certificates?lang=en"),
        sign_in().get(f"/manage/{festival.slug}/certificates/keys?lang=en"),
        checked,
    ):
        assert page.status_code == 200
        assert "proves integrity only" in page.text, page.request.path
    assert "The file is genuine" in checked.text


def test_with_the_key_of_an_authority_the_signer_is_named(client, festival, signed_by):
    certificate = signed_by(add_file(festival, "Ủy ban nhân dân phường", key_file(), PASSWORD))

    page = client.get(f"/c/{certificate.code}?lang=en").text
    assert "bears the electronic signature of Ủy ban nhân dân phường" in page
    assert "integrity only" not in page


def test_files_signed_elsewhere_are_brought_back(browser, festival, family, admit):
    admit(family.attendees[0])
    certificate = issue(family.attendees[0]).certificate
    db.session.commit()
    address = f"/manage/{festival.slug}/certificates/external"

    archive = browser.get(f"{address}/files.zip")
    assert archive.mimetype == "application/zip"
    unsigned = browser.post(f"{address}?lang=en", data={"file": (io.BytesIO(archive.data), "a.zip")})
    assert "It bears no signature." in unsigned.text
    assert certificate.serial in unsigned.text

    with zipfile.ZipFile(io.BytesIO(archive.data)) as opened:
        content = opened.read(file_to_sign(certificate))
    signed = signing.sign_pdf(content, make_signing_key(festival))
    answer = browser.post(f"{address}?lang=en", data={"file": (io.BytesIO(signed), "b.pdf")})
    assert "1 of 1 files were taken." in answer.text
    assert browser.get(f"/manage/{festival.slug}/certificates/{certificate.id}.pdf").data == signed
    assert browser.get(f"{address}/files.zip").status_code == 302

    refused = browser.post(f"{address}?lang=en", data={"file": (io.BytesIO(b"hello"), "c.pdf")})
    assert refused.status_code == 422
    assert "neither a PDF nor a ZIP" in refused.text


@pytest.mark.parametrize("kind", [kind for kind, value in VALUES.items() if isinstance(value, str)])
def test_whatever_is_typed_there_is_an_answer(app, browser, festival, here, kind):
    """In tests an error is raised instead of answered with 500."""
    before = app.extensions["settings"]
    signatures = replace(before.signatures, pkcs11_modules=("/nowhere/driver.so",))
    app.extensions["settings"] = replace(before, signatures=signatures)
    key, design, value = make_signing_key(festival), standard_design(festival), VALUES[kind]
    db.session.commit()
    try:
        for address, fields in (
            ("/file", ("password", "name", "timestamp_url")),
            ("/token", ("module", "token", "pin", "key_label", "name", "timestamp_url")),
            (f"/{key.id}", ("timestamp_url",)),
            ("/designs", (f"design-{design.id}-key",)),
        ):
            for field in fields:
                proper = sent() if address == "/file" else {"module": "/nowhere/driver.so", "token": "a", "pin": "b"}
                answer = browser.post(f"{here}{address}", data={**proper, field: value})
                assert answer.status_code in (303, 422), (address, field)
                assert "<script>alert" not in browser.get(here).text
        for name in ("a.p12", "b"):
            odd = {"file": (io.BytesIO(value.encode()), name)}
            assert browser.post(f"{here}/file", data=odd).status_code == 422
        external = f"/manage/{festival.slug}/certificates/external"
        odd = {
            "file": (io.BytesIO(b"%PDF-1.7\n" + value.encode(errors="surrogatepass")), "<script>alert(1)</script>.pdf")
        }
        answer = browser.post(external, data=odd)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
    finally:
        app.extensions["settings"] = before
