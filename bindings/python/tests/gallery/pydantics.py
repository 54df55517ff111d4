"""Types made of pydantic's models.

SPDX-License-Identifier: Apache-2.0
"""

from typing import Any

import strawberry

from . import Case, NotHere

try:
    import pydantic
    from strawberry.experimental import pydantic as strawberry_pydantic
except ImportError as error:
    raise NotHere from error


class UserModel(pydantic.BaseModel):
    name: str
    age: int = 3


class PetModel(pydantic.BaseModel):
    name: str
    owner: UserModel | None = None


@strawberry_pydantic.type(model=UserModel, all_fields=True)
class User:
    pass


@strawberry_pydantic.type(model=PetModel, all_fields=True)
class Pet:
    pass


@strawberry_pydantic.input(model=UserModel, all_fields=True)
class UserInput:
    pass


@strawberry.type
class Query:
    @strawberry.field
    def user(self) -> User:
        return UserModel(name="u")  # type: ignore[return-value]

    @strawberry.field
    def converted(self) -> Pet:
        return Pet.from_pydantic(PetModel(name="p", owner=UserModel(name="o")))  # type: ignore[no-any-return, attr-defined]

    @strawberry.field
    def either(self) -> list[User | Pet]:
        return [UserModel(name="a"), PetModel(name="b"), User(name="c", age=1)]  # type: ignore[list-item, call-arg]

    @strawberry.field
    def echo(self, user: UserInput) -> str:
        model: Any = user.to_pydantic()  # type: ignore[attr-defined]
        return f"{model.name} {model.age}"


schema = strawberry.Schema(Query)
cases = [
    Case("{ user { name age } converted { name owner { name age } } }"),
    Case("{ either { __typename ... on User { name age } ... on Pet { name owner { name } } } }"),
    Case('{ echo(user: {name: "n", age: 5}) }'),
]
