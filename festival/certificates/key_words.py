"""Why a key is not taken, and why nothing can be signed: in words that say what to do."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from festival.certificates.key_reading import KeyProblem
from festival.certificates.runs import SIGNING
from festival.certificates.signing import NotSigned, SigningProblem

_KEY_PROBLEMS: dict[KeyProblem, LazyString] = {
    KeyProblem.TOO_LARGE: _("The file is too large for a key: at most 64 kB."),
    KeyProblem.NOT_A_KEY_FILE: _("This is no key file. It must be a PKCS#12 file; its name ends in .p12 or .pfx."),
    KeyProblem.WRONG_PASSWORD: _("The password does not open this file."),
    KeyProblem.OLD_ENCRYPTION: _("The file is encrypted in an old way. Please export it anew with AES-256."),
    KeyProblem.NO_KEY: _("There is no private key in it. Please export it together with the private key."),
    KeyProblem.NO_CERTIFICATE: _("There is no certificate for this key in it. Please export both together."),
    KeyProblem.DOES_NOT_FIT: _("The certificate belongs to another key."),
    KeyProblem.UNKNOWN_KIND: _("Only EC and RSA keys can sign a PDF."),
    KeyProblem.WEAK: _("The key is too weak: RSA needs 2048 bits, EC needs 256."),
    KeyProblem.NOT_YET: _("The certificate is not valid yet."),
    KeyProblem.EXPIRED: _("The certificate has expired. Please ask for a new one."),
    KeyProblem.NOT_FOR_SIGNING: _("The certificate is for another use, not for signing documents."),
    KeyProblem.NO_MODULE: _("This driver is not available here. Whoever runs the service can add it."),
    KeyProblem.NO_TOKEN: _("There is no token with this name. Is it plugged into the server?"),
    KeyProblem.WRONG_PIN: _("The token does not take this PIN. After several wrong ones it locks itself."),
    KeyProblem.SEVERAL_KEYS: _("The token holds several keys. Please write the name of the one to use."),
    KeyProblem.TOKEN_FAILS: _("The token does not answer well. Whoever runs the service finds more in the log."),
}
AT_FIELD = {
    KeyProblem.WRONG_PASSWORD: "password",
    KeyProblem.NO_MODULE: "module",
    KeyProblem.NO_TOKEN: "token",
    KeyProblem.WRONG_PIN: "pin",
    KeyProblem.SEVERAL_KEYS: "key_label",
    KeyProblem.NO_KEY: "key_label",
}
"""At which field a problem is told, where the form has it; any other at its first one."""

_SIGNING_PROBLEMS: dict[SigningProblem, LazyString] = {
    SigningProblem.RETIRED: _("The signing key was retired. Choose another one for this design."),
    SigningProblem.EXPIRED: _("The certificate of the signing key has expired. Choose another key for this design."),
    SigningProblem.LOCKED: _(
        "The signing key cannot be opened: the secret of this installation has changed. Add the key again."
    ),
    SigningProblem.TOKEN: _("The token with the signing key does not answer. Is it plugged into the server?"),
    SigningProblem.TIMESTAMP: _(
        "The time stamp server does not answer as it should. Try again later, or check its address."
    ),
    SigningProblem.FAILED: _("Signing failed. Whoever runs the service finds more in the log."),
}

_ADDRESS_PROBLEMS: dict[str, LazyString] = {
    "scheme": _("An address begins with http:// or https://."),
    "user": _("Only the address itself, without spaces, user names and #."),
    "private": _("This address is in a private network. Whoever runs the service can allow it."),
    "unknown": _("No server has this name. Please compare it with what your certificate authority wrote."),
}


def key_problem_words(problem: KeyProblem) -> str:
    """Why a key is not taken."""
    return str(_KEY_PROBLEMS[problem])


def signing_problem_words(problem: NotSigned) -> str:
    """Why nothing can be signed now, for staff."""
    return str(_SIGNING_PROBLEMS[problem.problem])


def run_problem_words(problem: str) -> str:
    """Why a run stopped that could not sign; "" where it stopped for anything else."""
    known = {f"{SIGNING}{one.value}": words for one, words in _SIGNING_PROBLEMS.items()}
    return str(known.get(problem, ""))


def address_problem_words(problem: str) -> str:
    """Why an address is not taken for a time stamp server's; `problem` is a word of `timestamps.problem_of`."""
    return str(_ADDRESS_PROBLEMS[problem])
