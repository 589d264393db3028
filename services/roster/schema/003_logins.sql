-- Accounts that let nobody in, and failures to log in counted by phone and address together.

alter table account add column disabled boolean not null default false;

-- What is remembered of an address that has tried a phone, both as marks only: its failures since the last success, and the
-- last success.  address_mark '': of all addresses together at which the phone's account is not known.  Both '': how many rows
-- of the district are of phones that nobody has (nobodys).
create table login_try (
    district text collate "C", phone_mark text collate "C", address_mark text collate "C",
    failures integer not null, failed_at_us timestamptz, known_at_us timestamptz, nobodys boolean not null,
    primary key (district, phone_mark, address_mark)
) with (fillfactor = 70);
comment on table login_try is 'own';

-- Counted by phone, and by address, each for itself: of the version before.
drop table login_failure;
