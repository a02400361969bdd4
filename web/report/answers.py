"""Asks the pages' own application for what a report answers: the same views, the same texts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote

from werkzeug.test import EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Response

from rerun_trace.tracer.errors import RerunTraceError
from rerun_trace.web.app import ANY_HOST, create_app
from rerun_trace.web.report.machine import Machine
from rerun_trace.web.report.packing import dumps
from rerun_trace.web.report.read_ahead import ReadAhead

if TYPE_CHECKING:
    from rerun_trace.db.store import TraceStore

HOME = "About this report"  # what the server's list of recordings is in a report


class ReportError(RerunTraceError):
    """A report cannot be made as it was asked for."""


def refusal(text: str) -> str:
    """An answer, as JSON, that the pages take for an error; see report/answers.ts."""
    return dumps({"refused": text})


class Answers:
    """Texts of answers, without the machine's folders."""

    def __init__(self, reads: ReadAhead, machine: Machine) -> None:
        self._app = create_app(cast("TraceStore", reads), allowed_hosts={ANY_HOST}, keeps=False)
        self._app.jinja_env.globals["home"] = HOME
        # As from elsewhere: who reads a report can change nothing. Made once, as there are a few
        # thousand requests, and a test client takes longer over each than many an answer does.
        self._environ = EnvironBuilder(environ_base={"REMOTE_ADDR": "192.0.2.1"}).get_environ()
        self._machine = machine

    def text(self, path: str) -> str:
        """What is answered at a path: JSON, DOT or HTML."""
        answer = self._get(path)
        text = self._machine.hide(answer.get_data(as_text=True))
        if answer.status_code != 200:
            said = json.loads(text)["error"] if answer.is_json else text
            raise ReportError(f"{path} cannot be answered: {said}")
        return text

    def json(self, path: str) -> str:
        """What is answered, as a JSON text; of what cannot be answered, why: `refusal`.

        A damaged run does not keep the others out of a report.
        """
        answer = self._get(path)
        text = self._machine.hide(answer.get_data(as_text=True))
        if answer.status_code != 200:
            return refusal(json.loads(text)["error"] if answer.is_json else text)
        return text if answer.is_json else dumps(text)

    def _get(self, path: str) -> Response:
        path, _, query = path.partition("?")
        environ = self._environ | {"PATH_INFO": unquote(path), "QUERY_STRING": query}
        return Response(*run_wsgi_app(self._app, environ, buffered=True))

    def hidden(self, text: str) -> str:
        """A text that was made beside the application, without the machine's folders."""
        return self._machine.hide(text)

    def render(self, template: str, **values: object) -> str:
        """A page of the report's own, as HTML."""
        with self._app.test_request_context("/"):
            return self._app.jinja_env.get_template(template).render(**values)
