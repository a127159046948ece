"""The page /r/<secret>: what a household has, composed of what the parts below know."""
