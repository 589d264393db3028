-- what a posting may not be taken back for: findings that are noted, and check-ins, of the days that it alone covers.

create table noted_finding (
    district text collate "C", person_id text collate "C", finding_id text collate "C", on_day date not null,
    sealed boolean not null,
    primary key (district, person_id, finding_id)
);
comment on table noted_finding is 'derived';

-- Those that were noted before roster listened.
do $$ begin
    if to_regclass('supervision.finding') is not null then
        insert into noted_finding
        select f.district, f.person_id, f.finding_id, f.on_day, f.kind in ('discipline_violation', 'fund_misuse') from supervision.finding f
         where f.person_id is not null
           and not exists (select from supervision.finding_move m where m.district = f.district and m.finding_id = f.finding_id);
    end if;
end $$;

create table checkin_month (
    district text collate "C", person_id text collate "C", village_id text collate "C", month_day date, days integer not null,
    primary key (district, person_id, village_id, month_day)
) with (fillfactor = 70);
comment on table checkin_month is 'derived';

create table voided_posting (
    district text collate "C", posting_id text collate "C", voided_us timestamptz, account text not null, reason text not null,
    primary key (district, posting_id, voided_us)
);
comment on table voided_posting is 'own append-only';

insert into engine.consumes values ('roster', 'attendance');
