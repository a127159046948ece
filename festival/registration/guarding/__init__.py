"""Against scripted floods: limits, a trap, a proof of work or a wait when something looks odd; and clearing up.

Without pictures, without third parties, and without JavaScript (`docs/decisions/floods.md`).
"""
