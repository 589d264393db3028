-- sealed: who may know of a sealed case (C3.2.2), judged where rows are read, so that no statement can forget it and no page runs
-- short.  With each question a reader thread says for whom it asks (lib/engine.sql, show_district):
--
--   zhucun.sealed_kinds   the kinds that are sealed (lib/sealed_kind.c)
--   zhucun.eyes           all: the operator's; apart: of who works on such cases, and is told of those in which he has no part as their
--                         subject; none: of everybody else.  Not said: none
--   zhucun.person, zhucun.units   who asks: the person, and the units of today, headed ones too
--
-- A service that keeps sealed things has a restrictive policy on their table that asks these.

create function sealed_is(of_kind text) returns boolean language sql stable
begin atomic
    select of_kind = any (current_setting('zhucun.sealed_kinds', true)::text[]);
end;

-- The units that somebody has belonged to, or headed, since a day.
create function sealed_units(of_district text, of_person text, since date, headed boolean) returns setof text language sql stable
begin atomic
    select p.unit_id from person p
     where p.district = of_district and p.person_id = of_person
       and not exists (select from person later where later.district = p.district and later.person_id = p.person_id
                          and later.from_day > p.from_day and later.from_day <= since)
    union
    select u.unit_id from unit u
     where headed and u.district = of_district and u.head_person_id = of_person
       and not exists (select from unit later where later.district = u.district and later.unit_id = u.unit_id
                          and later.from_day > u.from_day and later.from_day <= since);
end;

-- Whether who asks may know of a case about this person, or this unit, or both ('' and null: nobody, none), of facts of that day.
create function sealed_known(of_district text, about_person text, about_unit text, since date) returns boolean language sql stable
begin atomic
    select case current_setting('zhucun.eyes', true)
           when 'all' then true
           when 'apart' then (current_setting('zhucun.person', true) = '' or current_setting('zhucun.person', true) is distinct from about_person)
             and not exists (
                 select from (select about_unit as unit_id union all select sealed_units(of_district, about_person, since, false)) theirs
                        join (select unnest(current_setting('zhucun.units', true)::text[]) as unit_id
                              union all select sealed_units(of_district, current_setting('zhucun.person', true), since, true)) own using (unit_id)
                  where unit_id <> '')
           else false end;
end;

revoke execute on function sealed_is(text), sealed_units(text, text, date, boolean), sealed_known(text, text, text, date) from public;
grant execute on function sealed_is(text), sealed_units(text, text, date, boolean), sealed_known(text, text, text, date) to :"reader";
