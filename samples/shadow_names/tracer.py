"""The app's own `tracer`."""


def describe():
    return "my ray tracer"
