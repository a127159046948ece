"""A key that signs many files: what is the same in all of their signatures is put together once.

A signature (CMS, RFC 5652) without a time stamp differs from the next one by the same key in two places only: the
digest of the file among what is signed, and the signature over that. pyHanko builds the whole structure anew each time,
which costs many times what the arithmetic does; here its first one is the mould for all others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from asn1crypto import cms
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.timestamps.api import TimeStamper

TRIES = 32
"""Each costs some microseconds, and one in two to four fits."""


@dataclass(frozen=True)
class _Mould:
    """The first signature, its digest and what was signed (as RFC 5652, 5.4 writes it: as a SET)."""

    whole: bytes
    signed: bytes
    digest: bytes
    signature: bytes


class QuickSigner(SimpleSigner):
    """As pyHanko's `SimpleSigner`, and its signatures say the same."""

    _mould: _Mould | None = None

    @classmethod
    def of(cls, signer: SimpleSigner) -> QuickSigner:
        """The same key."""
        return cls(signing_cert=signer.signing_cert, signing_key=signer.signing_key, cert_registry=signer.cert_registry)

    async def async_sign(
        self,
        data_digest: bytes,
        digest_algorithm: str,
        dry_run: bool = False,
        use_pades: bool = False,
        timestamper: TimeStamper | None = None,
        *args: Any,
        **more: Any,
    ) -> cms.ContentInfo:
        """A signature over a file's digest; out of the mould where it differs from the first one in nothing else."""
        usual = use_pades and timestamper is None and not dry_run and not args and digest_algorithm == "sha256"
        if usual and more.keys() <= {"signed_attr_settings"} and self._mould is not None:
            cast = self._cast(self._mould, data_digest)
            if cast is not None:
                return cms.ContentInfo.load(cast)
        built = await super().async_sign(data_digest, digest_algorithm, dry_run, use_pades, timestamper, *args, **more)
        if usual and self._mould is None:
            self._mould = _mould_of(built, data_digest)
        return built

    def _cast(self, mould: _Mould, digest: bytes) -> bytes | None:
        """None where no signature is as long as the first one: ECDSA makes 70 to 72 bytes by chance, seldom fewer."""
        signed = mould.signed.replace(mould.digest, digest)
        for _try in range(TRIES):
            signature = self.sign_raw(signed, "sha256")
            if len(signature) == len(mould.signature):  # so all lengths around it stay as they are
                return mould.whole.replace(mould.digest, digest).replace(mould.signature, signature)
        self._mould = None
        return None


def _mould_of(first: cms.ContentInfo, digest: bytes) -> _Mould | None:
    """None where the digest or the signature does not stand in it exactly once."""
    (signer,) = first["content"]["signer_infos"]
    whole, signed, signature = first.dump(), signer["signed_attrs"].untag().dump(), signer["signature"].native
    if whole.count(digest) != 1 or signed.count(digest) != 1 or whole.count(signature) != 1:
        return None
    return _Mould(whole, signed, digest, signature)
