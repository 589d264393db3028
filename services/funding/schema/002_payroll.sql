-- payroll: what each person's month comes to, the monthly runs, and what they paid.  Months are named by their first days.

create table stipend_month (
    district text collate "C", month_day date, person_id text collate "C",
    accrued_fen bigint not null, cancelled_fen bigint not null, paid_fen bigint not null, clawback_fen bigint not null,
    primary key (district, month_day, person_id),
    check (extract(day from month_day) = 1),
    check (cancelled_fen between 0 and accrued_fen and paid_fen >= 0 and clawback_fen >= 0)
) with (fillfactor = 70);
comment on table stipend_month is 'derived';
insert into stipend_month
select district, month_day, person_id, sum(accrued_fen), sum(cancelled_fen), 0, 0
  from day group by district, month_day, person_id having sum(accrued_fen) > 0;

create table unsettled (
    district text collate "C", person_id text collate "C", month_day date,
    primary key (district, person_id, month_day)
);
comment on table unsettled is 'derived';

create table payroll (
    district text collate "C", month_day date,
    state text not null check (state in ('draft', 'approved', 'closed')), total_fen bigint not null,
    primary key (district, month_day),
    check (extract(day from month_day) = 1), check (total_fen >= 0)
);
comment on table payroll is 'derived';

create table payroll_line (
    district text collate "C", month_day date, person_id text collate "C",
    due_fen bigint not null check (due_fen >= 0), pay_fen bigint not null check (pay_fen >= 0),
    primary key (district, month_day, person_id)
);
comment on table payroll_line is 'derived';

-- One row is one transaction, like those of ledger: for the days of one month, out to the person or taken back.
create table payout (
    district text collate "C", month_day date, person_id text collate "C", of_month_day date,
    valid_on_day date not null, debit text collate "C" not null, credit text collate "C" not null, fen bigint not null,
    cause text not null, recorded_us timestamptz not null,
    primary key (district, month_day, person_id, of_month_day),
    check (fen > 0 and debit <> credit)
);
create index payout_of_person on payout (district, person_id, of_month_day);
comment on table payout is 'derived append-only';

create or replace view entry with (security_invoker = true) as
    select district, person_id, valid_on_day, seq, purpose, credit as account, fen, reverses, measure_id, cause, recorded_us from ledger
    union all
    select district, person_id, valid_on_day, seq, purpose, debit, -fen, reverses, measure_id, cause, recorded_us from ledger
    union all
    select district, person_id, valid_on_day, null, case when of_month_day = month_day then 'payout' else 'correction' end, credit, fen, null, '',
           cause, recorded_us from payout
    union all
    select district, person_id, valid_on_day, null, case when of_month_day = month_day then 'payout' else 'correction' end, debit, -fen, null, '',
           cause, recorded_us from payout;

-- What a transaction gives the person; negative: takes back.
create view paid with (security_invoker = true) as
    select district, month_day, person_id, of_month_day, case when debit = 'person:' || person_id then fen else -fen end as fen from payout;

-- Ledger = payroll: of each closed run as a whole, of each of its persons, and of each month it touched.
create view payroll_proof with (security_invoker = true) as
    select r.district, r.month_day, r.total_fen, s.lines_fen, s.ledger_fen, s.persons_unequal, m.months_unequal,
           r.total_fen = s.lines_fen and r.total_fen = s.ledger_fen and s.persons_unequal = 0 and m.months_unequal = 0 as holds
      from payroll r
     cross join lateral (
           select coalesce(sum(l.pay_fen), 0)::bigint as lines_fen, coalesce(sum(e.fen), 0)::bigint as ledger_fen,
                  count(*) filter (where coalesce(l.pay_fen, 0) <> coalesce(e.fen, 0)) as persons_unequal
             from (select person_id, pay_fen from payroll_line where district = r.district and month_day = r.month_day) l
             full join (select person_id, sum(fen)::bigint as fen from paid where district = r.district and month_day = r.month_day group by person_id) e
             using (person_id)) s
     cross join lateral (
           select count(*) as months_unequal
             from paid t
             left join stipend_month k on k.district = t.district and k.month_day = t.of_month_day and k.person_id = t.person_id
            where t.district = r.district and t.month_day = r.month_day
              and coalesce(k.paid_fen, 0) <> (select sum(a.fen) from paid a where a.district = t.district and a.person_id = t.person_id
                                                 and a.of_month_day = t.of_month_day)) m
     where r.state = 'closed';
grant select on paid, payroll_proof to :"service", :"reader";
