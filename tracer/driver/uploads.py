"""Uploads the files of a scenario's step, as the front end does before it tells of them."""

from __future__ import annotations

import asyncio
import mimetypes
import time
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import HostError, ScenarioError
from .browser import Browser
from .scenario import ScenarioStep
from .scenario_words import contents_of, name_of

_ANSWER_TIMEOUT_S = 10.0
_POLL_S = 0.004
_DEFAULT_TYPES = {"camera_input": "image/jpeg", "audio_input": "audio/wav"}
_MEGABYTE = 1024 * 1024


async def upload(
    runtime: Any,
    browser: Browser,
    session_id: str,
    step: ScenarioStep,
    send: Callable[[str, Any], None],
) -> list[Any]:
    """Upload a step's files, its audio last; returns their `UploadedFileInfo`s.

    Raises ScenarioError when the widget does not take them.
    """
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.Common_pb2 import UploadedFileInfo
    from streamlit.runtime.uploaded_file_manager import UploadedFileRec

    drawn = browser.uploader(step)
    files = list(step.words.get("files", ()))
    if "audio" in step.words:
        files.append(step.words["audio"])
    read = [
        (name_of(file), _type_of(file, drawn.widget.element), contents_of(file)) for file in files
    ]
    most = getattr(drawn.message, "max_upload_size_mb", 0)
    for name, _, data in read:
        if most and len(data) > most * _MEGABYTE:
            raise ScenarioError(
                f"{drawn.widget.called} takes {most} MB at most: {name!r} is larger"
            )
    request = BackMsg()
    request.file_urls_request.request_id = f"upload-{len(browser.received)}"
    request.file_urls_request.file_names.extend(name for name, _, _ in read)
    request.file_urls_request.session_id = session_id
    send(session_id, request)
    answer = await _answer(browser, request.file_urls_request.request_id)
    infos = []
    for (name, kind, data), place in zip(read, answer.file_urls, strict=True):
        record = UploadedFileRec(file_id=place.file_id, name=name, type=kind, data=data)
        runtime._uploaded_file_mgr.add_file(session_id, record)
        info = UploadedFileInfo(name=name, size=len(data), file_id=place.file_id)
        info.file_urls.CopyFrom(place)
        infos.append(info)
    return infos


async def _answer(browser: Browser, request_id: str) -> Any:
    end = time.monotonic() + _ANSWER_TIMEOUT_S
    while request_id not in browser.answers:
        if time.monotonic() > end:
            raise HostError("Streamlit gave no place to upload a file to")
        await asyncio.sleep(_POLL_S)
    return browser.answers[request_id]


def _type_of(file: Mapping[str, str], element: str) -> str:
    """The media type that a browser gives a file: by its name, if nothing is said."""
    if "type" in file:
        return file["type"]
    guessed = mimetypes.guess_type(name_of(file))[0]
    return guessed or _DEFAULT_TYPES.get(element, "application/octet-stream")
