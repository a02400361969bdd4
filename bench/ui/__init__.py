"""How quick the studio is on large recordings, in a real browser on the real server."""
