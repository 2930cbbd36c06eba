"""账户: lock-out, one-time codes, sessions that can be listed, sign-in through a provider, tokens for other systems.

Of codes, tokens and tried names only digests are kept. What was done to an account is kept for good.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ACCOUNTS = """
ALTER TABLE accounts
    ALTER COLUMN password_hash DROP NOT NULL,
    ADD COLUMN password_set_at timestamptz,
    ADD COLUMN locked_at timestamptz,
    ADD COLUMN oidc_subject text UNIQUE;
UPDATE accounts SET password_set_at = created_at;

CREATE TABLE account_codes (
    account text PRIMARY KEY,
    code_digest bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE TABLE account_changes (
    id bigserial PRIMARY KEY,
    at timestamptz NOT NULL,
    by text NOT NULL,
    for_whom text,
    account text NOT NULL,
    what text NOT NULL
);
CREATE TRIGGER account_changes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON account_changes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE sign_in_failures (
    kind text NOT NULL CHECK (kind IN ('near', 'name', 'address')),
    digest bytea NOT NULL,
    failures integer NOT NULL,
    since timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (kind, digest)
);
CREATE INDEX sign_in_failures_last_at_idx ON sign_in_failures (last_at);
"""

SESSIONS = """
ALTER TABLE sessions
    ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    ADD COLUMN last_seen_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN via text NOT NULL DEFAULT 'password' CHECK (via IN ('password', 'oidc'));
CREATE INDEX sessions_officer_idx ON sessions (officer);

CREATE TABLE oidc_logins (
    state_digest bytea PRIMARY KEY,
    browser_digest bytea NOT NULL,
    nonce text NOT NULL,
    verifier text NOT NULL,
    redirect_uri text NOT NULL,
    onward text,
    expires_at timestamptz NOT NULL
);
CREATE INDEX oidc_logins_expires_at_idx ON oidc_logins (expires_at);
"""

TOKENS = """
CREATE TABLE api_tokens (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    officer text NOT NULL,
    scopes text[] NOT NULL,
    token_digest bytea NOT NULL UNIQUE,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_on date,
    last_used_at timestamptz,
    revoked_by text,
    revoked_at timestamptz
);
CREATE INDEX api_tokens_officer_idx ON api_tokens (officer);
"""


def upgrade() -> None:
    for part in (ACCOUNTS, SESSIONS, TOKENS):
        op.execute(part)
