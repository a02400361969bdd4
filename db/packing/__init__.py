"""Packs steps, values and line counts into small blobs, and back. No SQL."""
