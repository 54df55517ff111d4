"""An application for the tests of `python -m gyrfalcon`.

SPDX-License-Identifier: Apache-2.0
"""

import strawberry
from ways_schema import Query

schema = strawberry.Schema(Query)
