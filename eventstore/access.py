"""数据库口令: who may enter the embedded server. Not every process of its account, only who has the password.

The password is random, lies in a file of whoever starts the server, and travels in connection strings only. The
server itself is given what the password is checked by, never the password.
"""

import base64
import hashlib
import hmac
import secrets
from pathlib import Path

from eventstore.binaries import Account
from eventstore.places import write_private

ROUNDS = 4096


def keep(file: Path, usual: str = "") -> str:
    """The password in the file; a file that isn't there is made, with the usual password or a new one."""
    password = known(file) or usual or secrets.token_urlsafe(32)
    if not known(file):
        write_private(file, password + "\n", Account())
    return password


def known(file: Path) -> str:
    """The password in the file, empty if there is none."""
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        return ""


def verifier(password: str) -> str:
    """What PostgreSQL stores in place of a password (RFC 5803)."""
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ROUNDS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    salt64, stored64, server64 = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return f"SCRAM-SHA-256${ROUNDS}:{salt64}${stored64}:{server64}"


def rules(password: str) -> str:
    """`pg_hba.conf`: whoever has a password, and the roles have none; the same for backups, which copy by replication.

    It names the digest of the owner's password: written last, it shows that this password was set.
    """
    digest = hashlib.sha256(password.encode()).hexdigest()
    return f"# {digest}\nlocal all all scram-sha-256\nlocal replication all scram-sha-256\n"
