"""The addresses of stores: what each leads to, and how it may be shown."""

import re


def kind_and_path(url: str) -> tuple[str, str]:
    """What an address leads to, nothing where it is none; of a file also its path."""
    if url == "memory:":
        return "memory", ""
    path = url.removeprefix("sqlite:///")
    if path and path != url:
        return "sqlite", path
    return ("postgresql" if url.startswith(("postgresql://", "postgres://")) else ""), ""


def without_password(url: str) -> str:
    """A store's address as it may be shown; where it cannot be told apart from a password, nothing of it."""
    if ("@" not in url and "password" not in url) or url.startswith("sqlite:"):
        return url
    parts = re.fullmatch(r"(\w+://)(?:([^:/@]*)(?::[^/@]*)?@)?([^@?]*)(?:\?.*)?", url)
    if parts is None:
        return "…"
    scheme, user, place = parts.groups()
    return f"{scheme}{user}@{place}" if user else f"{scheme}{place}"
