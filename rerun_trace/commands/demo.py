"""`rerun-trace demo`: the samples that come along, recorded and compared."""

from __future__ import annotations

import click

from .. import demo as samples
from .compare import compare
from .options import db_option, engine_option, no_token_option


@click.command()
@db_option
@engine_option
@no_token_option
@click.option("--no-browser", is_flag=True, help="Print the table only; serve no page.")
@click.pass_context
def demo(
    context: click.Context, db: str | None, engine: str, no_token: bool, no_browser: bool
) -> None:
    """Record three samples, and open their comparison. Nothing of yours is needed.

    They update a header in three ways: with st.rerun, with a callback, and with a container.
    """
    context.invoke(
        compare,
        apps=samples.apps(),
        scenario=samples.scenario(),
        db=db,
        engine=engine,
        no_token=no_token,
        no_browser=no_browser,
        repeat=1,
        timeout=30.0,
        as_json=False,
    )
