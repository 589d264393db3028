-- accounts: who may log in, who has, and who has failed to.  All of it own: no event tells a phone or a password.

-- roles: bit n is wire.AccountRole n.  The hash is Argon2id's, in its own notation.
create table account (
    district text collate "C", account_id text collate "C", person_id text collate "C" not null, phone text not null,
    password_hash text not null, roles integer not null check (roles > 0), township_id text collate "C" not null,
    primary key (district, account_id)
);
comment on table account is 'own';

-- Whose phone it is, however it is written.
create table account_phone (
    district text collate "C", digits text collate "C", account_id text collate "C" not null,
    primary key (district, digits)
);
comment on table account_phone is 'own';

-- The token itself is nowhere.
create table session (
    district text collate "C", account_id text collate "C", token_sha256 text collate "C", expires_at_us timestamptz not null,
    primary key (district, account_id, token_sha256)
);
create unique index session_by_token on session (district, token_sha256);
comment on table session is 'own';

-- The last failures of a phone or an address, both only as marks; forgotten when none of them counts any more.
create table login_failure (
    district text collate "C", mark text collate "C", place integer, failed_at_us timestamptz not null,
    primary key (district, mark, place)
) with (fillfactor = 70);
comment on table login_failure is 'own';
