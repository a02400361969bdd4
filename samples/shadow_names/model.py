"""The app's own `model`."""


def describe():
    return "my model"
