"""Who has earned a certificate, issuing, rendering and verification."""
