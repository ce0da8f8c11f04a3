"""Secrets are never recorded: whatever a program printed, no document holds a token, a password or a key.

Told in two ways: by the values of this environment's own variables whose names say that they are secret, and by shapes
that nothing else has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec

from dlcheck.model.texts import mapped

T = TypeVar("T", bound=msgspec.Struct)

HIDDEN = "<secret>"
SPOKEN = ("text", "url")
"""Marks of the model: words of programs, addresses."""
SECRET_NAME = re.compile(
    r"TOKEN|SECRET|PASSW(OR)?D|PASSPHRASE|PASSCODE|CREDENTIAL|APIKEY|(^|_)(API|ACCESS|PRIVATE|AUTH|ENCRYPTION|SIGNING)_?KEY"
    r"|_KEY$|(^|_)PWD$|(^|_)PAT$|(^|_)AUTH$|COOKIE|SESSION_ID|_DSN$|CONNECTION_STRING",
    re.IGNORECASE,
)
"""What names of variables that hold secrets have in them."""
NOT_SECRET = frozenset({"PWD", "OLDPWD", "SSH_AUTH_SOCK", "XAUTHORITY", "TOKENIZERS_PARALLELISM"})
SHORTEST = 6
"""A shorter value would be found in words that are none."""
PLAIN = r"(?i)true|false|none|null|yes|no|on|off|disabled|enabled|default|[/~.][\w./-]*|[\d.]+"
"""Settings, folders and numbers, whatever the variable is called."""

IN_URL = r"(?<=://)[^/\s@'\"<>]+@"
"""User and password before the host of an address."""
SHAPES = (
    r"(?s)\b(?:hf|api_org)_[A-Za-z0-9]{20,400}"  # Hugging Face
    r"|\b(?:gh[pousr]_[A-Za-z0-9]{20,400}|github_pat_\w{20,400})"  # GitHub
    r"|\bgl(?:pat|ptt|dt|rt|cbt|soat)-[\w-]{16,400}"  # GitLab
    r"|\bpypi-AgE[\w-]{16,400}"  # the package index
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"  # AWS
    r"|\bAIza[\w-]{35}"  # Google
    r"|\bya29\.[\w-]{20,400}"
    r"|\bsk-[A-Za-z0-9_-]{20,400}"  # OpenAI, Anthropic
    r"|\bxox[abeoprs]-[\w-]{10,400}"  # Slack
    r"|\b(?:nvapi|dckr_pat|dapi|npm|wandb_v1)[-_][A-Za-z0-9_-]{20,400}"
    r"|\beyJ[\w-]{8,2000}\.eyJ[\w-]{8,2000}\.[\w-]{8,2000}"  # JSON Web Token
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
)
AFTER_NAME = (
    r"(?i)((?:authorization\s*:\s*(?:bearer|basic|token)|bearer|x-api-key\s*:|"
    r"(?:password|passwd|secret|(?:api|access|auth|private)[_-]?(?:key|token)|token)['\"]?\s*[=:])\s*['\"]?)"
    r"([^\s'\"&,;)}\]]{6,})"
)
"""`password=…`, `Authorization: Bearer …`."""
IN_QUERY = r"(?i)(?<=[?&])((?:[\w-]*(?:token|key|signature|sig|secret|password|auth)[\w-]*)=)[^&\s'\"<>]+"
IN_PATH = r"(://[^\s/'\"]+/t/)[^/\s'\"]{6,200}"
"""conda's addresses hold a token after /t/."""
SUSPECT = re.compile(
    r"://[^/\s]*@|://[^\s/]+/t/|_pat_|gh[pousr]_|hf_|api_org_|gl[a-z]+-|pypi-age|akia|asia|aiza|ya29|sk-|xox|nvapi|dckr|dapi|npm_|"
    r"wandb|eyj|private key|authorization|bearer|password|passwd|secret|token|x-api-key|api.?key|"
    r"[?&][\w-]*(?:sig|auth|key)"
)
"""A document in which nothing of this is found, all in small letters, needs no second look. (Of a pattern that ignores
case, every alternative is tried at every place: three times the time.)"""


def without_secrets(facts: T, environ: Mapping[str, str]) -> T:
    """The same facts, every secret in any of their texts hidden. Unchanged where there is none."""
    values = secret_values(environ)
    written = msgspec.json.encode(facts).decode()
    if not _is_suspect(written) and not any(_as_written(one) in written for one in values):
        return facts
    # A variable's value is looked for where programs speak alone: a version or a platform is no secret.
    return mapped(facts, lambda kind, text: hide(text, values if kind in SPOKEN else ()))


def secret_values(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Values of variables that are secret by their names, and passwords in the addresses of others, longest first."""
    found = set()
    for name, value in environ.items():
        if SECRET_NAME.search(name) and name not in NOT_SECRET and not re.fullmatch(PLAIN, value):
            found.add(value.strip())
        for userinfo in re.findall(IN_URL, value):
            user, _, password = userinfo[:-1].partition(":")
            found.add(password or user)
    return tuple(sorted((one for one in found if len(one) >= SHORTEST), key=lambda one: (-len(one), one)))


def hide(text: str, values: Iterable[str] = ()) -> str:
    """One text without secrets."""
    for value in values:
        text = text.replace(value, HIDDEN)
    if not _is_suspect(text):
        return text
    text = re.sub(IN_URL, "", text)
    text = re.sub(SHAPES, HIDDEN, text)
    text = re.sub(IN_PATH, rf"\1{HIDDEN}", text)
    text = re.sub(IN_QUERY, rf"\1{HIDDEN}", text)
    return re.sub(AFTER_NAME, rf"\1{HIDDEN}", text)


def _is_suspect(text: str) -> bool:
    return SUSPECT.search(text.casefold()) is not None


def _as_written(text: str) -> str:
    """A text as JSON writes it."""
    return msgspec.json.encode(text).decode()[1:-1]
