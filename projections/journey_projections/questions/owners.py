"""Whom customers deal with, to ask for by id."""

from collections.abc import Collection, Iterable, Iterator

from journey.errors import UnknownName
from journey_projections.early_warnings.outlook import Outlook


def checking_owners(outlooks: Iterable[Outlook], owners: Collection[str]) -> Iterator[Outlook]:
    """The same outlooks; once all have passed, raises UnknownName for the first of `owners` with whom no customer deals."""
    known = set[str]()
    for one in outlooks:
        if one.owner is not None:
            known.add(one.owner)
        yield one
    for owner in owners:
        if owner not in known:
            raise no_such_owner(owner, known)


def no_such_owner(name: str, known: Iterable[str]) -> UnknownName:
    """The error for somebody with whom no customer deals."""
    return UnknownName.of("customer deals with", name, known, "`journey people --top 0` lists everybody who has customers")
