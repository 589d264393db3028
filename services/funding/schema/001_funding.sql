-- funding: who was there, what the stipend of each day is, and the ledger of how it came to be so.

create table day (
    district text collate "C", person_id text collate "C", month_day date, on_day date,
    present boolean not null,
    unit_id text collate "C" not null, accrued_fen bigint not null, accrued_seq integer not null,
    cancelled_by text collate "C" not null, cancelled_fen bigint not null, cancelled_seq integer not null,
    transfers integer not null,
    primary key (district, person_id, month_day, on_day),
    check (extract(day from month_day) = 1 and on_day - month_day between 0 and 30),
    check (accrued_fen >= 0 and (accrued_fen > 0) = (accrued_seq > 0) and (accrued_fen > 0) = (unit_id <> '')),
    check (cancelled_fen in (0, accrued_fen) and (cancelled_fen > 0) = (cancelled_seq > 0) and (cancelled_fen > 0) = (cancelled_by <> '')),
    check (accrued_seq <= transfers and cancelled_seq <= transfers)
) with (fillfactor = 70);
comment on table day is 'derived';

create table measure (
    district text collate "C", person_id text collate "C", measure_id text collate "C",
    from_day date not null, until_day date, in_effect boolean not null, had_effect boolean not null,
    primary key (district, person_id, measure_id)
);
create index measure_by_id on measure (district, measure_id);
comment on table measure is 'derived';

-- One row is one transaction: what it takes from one account it gives to another, so it sums to zero.  Never changed; undone
-- by its exact opposite, once.
create table ledger (
    district text collate "C", person_id text collate "C", valid_on_day date, seq integer,
    purpose text not null check (purpose in ('accrual', 'cancellation')),
    debit text collate "C" not null, credit text collate "C" not null, fen bigint not null,
    reverses integer, measure_id text collate "C" not null, cause text not null, recorded_us timestamptz not null,
    primary key (district, person_id, valid_on_day, seq),
    check (fen > 0 and debit <> credit), check (reverses < seq), check ((purpose = 'cancellation') = (measure_id <> ''))
);
create unique index ledger_reversed_once on ledger (district, person_id, valid_on_day, reverses) where reverses is not null;
comment on table ledger is 'derived append-only';

-- Each transaction as its two entries, with their signs.
create view entry with (security_invoker = true) as
    select district, person_id, valid_on_day, seq, purpose, credit as account, fen, reverses, measure_id, cause, recorded_us from ledger
    union all
    select district, person_id, valid_on_day, seq, purpose, debit, -fen, reverses, measure_id, cause, recorded_us from ledger;
grant select on entry to :"service", :"reader";

insert into engine.consumes values ('funding', 'roster'), ('funding', 'attendance'), ('funding', 'accountability');
