"""Small apps for one server, chosen by `?app=NAME`. Each tells on its page what its runs got."""

import time
from collections.abc import Callable

import pandas as pd
import streamlit as st

log: list[str] = st.session_state.setdefault("log", [])


def told() -> None:
    for entry in log:
        st.text(entry)


def work_until_told_otherwise() -> None:
    """Work that somebody ends: by another gesture, or with the browser's Stop."""
    st.text("works")
    end = time.monotonic() + 30
    while time.monotonic() < end:
        time.sleep(0.02)
        st.empty()
        st.session_state.get("log")


def superseded() -> None:
    go = st.button("Go")
    wide = st.checkbox("Wide")
    log.append(f"begins {go} {wide}")
    if go:
        work_until_told_otherwise()
    log.append(f"ends {go} {wide}")
    told()


def stopped() -> None:
    go = st.button("Go")
    st.button("Look")
    log.append(f"begins {go}")
    if go:
        work_until_told_otherwise()
    log.append(f"ends {go}")
    told()


def clearing_form() -> None:
    with st.form("f", clear_on_submit=True):
        name, age = st.text_input("Name"), st.number_input("Age", 0, 99, 30)
        sent = st.form_submit_button("Send")
    st.checkbox("Other")
    log.append(f"{name!r} {age} {sent}")
    told()


def keeping_form() -> None:
    with st.form("f"):
        name, loud = st.text_input("Name"), st.checkbox("Loud")
        sent = st.form_submit_button("Send")
    log.append(f"{name!r} {loud} {sent}")
    told()


def editor() -> None:
    edited = st.data_editor(pd.DataFrame({"name": ["a", "b", "c"]}), key="table")
    log.append(" ".join(edited["name"]))
    told()


def query() -> None:
    views = ["list", "map", "about"]
    here = st.query_params.get("view", "list")
    choice = st.radio("Go to", views, index=views.index(here))
    log.append(f"{here} {choice}")
    if choice != here:
        st.query_params["view"] = choice
        st.rerun()
    told()


def reloaded() -> None:
    st.session_state.n = st.session_state.get("n", 0) + 1
    if st.button("Mark"):
        st.query_params["mark"] = str(st.session_state.n)
    log.append(f"{st.session_state.n} {st.query_params.get('mark')}")
    told()


def upload() -> None:
    with st.form("f", clear_on_submit=True):
        file = st.file_uploader("File")
        sent = st.form_submit_button("Send")
    log.append(f"{file and (file.name, file.read())} {sent}")
    told()


def fragment() -> None:
    @st.fragment
    def part() -> None:
        log.append(f"part {st.button('In')} {st.checkbox('Tick')}")
        told()

    log.append(f"page {st.button('Out')}")
    part()


def ticking() -> None:
    """Ticks until it stops itself. How often is up to the machine: a tick is told once a page."""

    @st.fragment(run_every=None if st.session_state.get("stop") else 0.1)
    def part() -> None:
        st.session_state.ticks = st.session_state.get("ticks", 0) + 1
        if log[-1] != "ticks":
            log.append("ticks")
        if st.session_state.ticks == 4:
            st.session_state.stop = True
            st.rerun()
        told()

    log.append(f"page {st.button('Look')}")
    part()


def ignoring() -> None:
    name = st.text_input("Name", on_change="ignore")
    st.download_button("Save", "text", on_click="ignore")
    log.append(f"{name!r} {st.button('Go')}")
    told()


def dialog() -> None:
    @st.dialog("Rename")
    def rename() -> None:
        name = st.text_input("New name")
        log.append(f"dialog {name!r}")
        if st.button("Save"):
            st.session_state.name = name
            st.rerun()

    log.append(f"page {st.session_state.get('name')}")
    if st.button("Open"):
        rename()
    told()


def callback() -> None:
    def add(n: int) -> None:
        log.append(f"add {n} to {st.session_state.total}")
        st.session_state.total += n

    st.number_input("Total", 0, 99, 5, key="total")
    for n in (1, 2):
        st.button(f"Add {n}", on_click=add, args=(n,))
    log.append(f"page {st.session_state.total}")
    told()


def bound() -> None:
    word = st.text_input("Word", key="word", bind="query-params")
    st.button("Go")
    log.append(f"{word!r} {st.query_params.get('word')}")
    told()


APPS: dict[str, Callable[[], None]] = {
    app.__name__: app
    for app in (
        *(superseded, stopped, clearing_form, keeping_form, editor, query, reloaded, upload),
        *(fragment, ticking, ignoring, dialog, callback, bound),
    )
}
name = st.query_params.get("app")
if name:
    APPS[name]()
