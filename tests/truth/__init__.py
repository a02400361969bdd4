"""Whether a recording is true: a second observer of the same app, and scripts made at random.

Nothing here that observes or expects may import from the product; only `check` knows both sides.
"""
