"""The app's own `config`."""

TITLE = "Names of my own"


def describe():
    return "my settings"
