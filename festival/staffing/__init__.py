"""Who works for an organization: roles given and ended, and invitations by link."""
