"""Organizations, staff, roles, sign-in, who may do what, the audit log."""
