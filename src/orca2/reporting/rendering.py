"""The templates of the pages, with every value escaped: HTML by jinja2 itself, Markdown by our own rule."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from orca2.reporting import formats

FILTERS = (
    formats.percent, formats.interval, formats.points, formats.point_range, formats.unreadable, formats.count,
    formats.tokens, formats.clock,
    formats.p_value, formats.excerpt, formats.outcome, formats.breakable, formats.fenced, formats.quoted,
    formats.place, formats.system_message, formats.asked,
)  # fmt: skip


def html(template: str, context: Mapping[str, Any]) -> str:
    return _environment().get_template(template).render(context)


def markdown(template: str, context: Mapping[str, Any]) -> str:
    return _environment(finalize=formats.plain_markdown).get_template(template).render(context)


def _environment(**settings: Any) -> Environment:
    environment = Environment(
        loader=PackageLoader("orca2.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        **settings,
    )
    environment.filters.update({function.__name__: function for function in FILTERS})
    return environment
