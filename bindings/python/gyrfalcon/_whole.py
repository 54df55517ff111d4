"""`graphql()` and `graphql_sync()` in one step: a text that the engine has found valid is neither parsed nor validated by graphql-core.

Both functions call `graphql_impl` by its name, with all parameters by position. What it goes through, the functions in its module or in
the harness, must be what install() has put there: a replaced one (a tracer's) is called as ever.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any

from ._documents import lazy_parse
from ._stats import switch
from ._versions import COERCES, G33, HIDES

PARAMETERS = (
    ("schema", "source", "root_value", "context_value", "variable_values", "operation_name", "field_resolver", "type_resolver")
    + (("middleware", "executor_class", "is_awaitable", "is_async_iterable", "hide_suggestions", "abort_signal") if G33 else ())
    + (("no_location", "max_tokens", "experimental_fragment_arguments", "rules", "max_errors", "harness") if G33 else ())
    + (("max_lexical_tokens", "max_comments", "max_source_length") if G33 else ())
    + (() if G33 else ("middleware", "execution_context_class", "is_awaitable"))
    + (("hide_suggestions",) if HIDES and not G33 else ())
)


def stock_impl() -> Any:
    """graphql-core's graphql_impl, if it is the one that is known here."""
    found = getattr(sys.modules.get("graphql.graphql"), "graphql_impl", None)
    return found if found is not None and tuple(inspect.signature(found).parameters) == PARAMETERS else None


def impl_with(stock: Any, replaced: Callable[[Any, str], bool]) -> Any:
    """graphql_impl over the engine; replaced(owner, name) says whether install() has put there what is there."""
    module: Any = sys.modules["graphql.graphql"]
    validate_schema = module.validate_schema

    if G33:

        def graphql_impl(schema: Any, source: Any, *args: Any) -> Any:
            if type(source) is str and len(args) == 21 and args[12:16] == (False, None, False, None) and not switch.off:
                harness = args[17]
                if args[18:] == (None, None, None) and module.validate_schema is validate_schema and replaced(harness, ""):
                    document = lazy_parse(schema, source)
                    if document is not None:
                        return harness.execute(
                            schema,
                            document,
                            *args[:6],
                            None,
                            50,
                            False,
                            *args[6:10],
                            hide_suggestions=args[10],
                            abort_signal=args[11],
                        )
            return stock(schema, source, *args)

    else:
        validation: Any = sys.modules["graphql.validation"]
        count = len(PARAMETERS) - 2
        between = (None, 50) if COERCES else (None,)

        def graphql_impl(schema: Any, source: Any, *args: Any) -> Any:
            if type(source) is str and len(args) == count and module.validate_schema is validate_schema and not switch.off:
                if replaced(module, "parse") and replaced(module, "execute") and replaced(validation, "validate"):
                    document = lazy_parse(schema, source)
                    if document is not None:
                        return module.execute(schema, document, *args[:6], *between, *args[6:])
            return stock(schema, source, *args)

    return graphql_impl
