"""One page a file; each reads like the description of its page."""
