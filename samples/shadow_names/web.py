"""The app's own `web`."""


def describe():
    return "my client"
