"""The browser's stand-in and its scenarios: drives an app headless, as a browser would."""
