-- Who may know of a sealed case is judged as separation of duties is (lib/duty.c): both days of a move count for both units, so do a day's
-- earlier changes, and a unit of one's own that the case's person heads.

create or replace function sealed_units(of_district text, of_person text, since date, headed boolean) returns setof text language sql stable
begin atomic
    select p.unit_id from person p
     where p.district = of_district and p.person_id = of_person
       and not exists (select from person later where later.district = p.district and later.person_id = p.person_id
                          and later.from_day > p.from_day and later.from_day < since)
    union
    select unnest(p.also_unit_ids) from person p where p.district = of_district and p.person_id = of_person and p.from_day >= since
    union
    select u.unit_id from unit u
     where headed and u.district = of_district and u.head_person_id = of_person
       and not exists (select from unit later where later.district = u.district and later.unit_id = u.unit_id
                          and later.from_day > u.from_day and later.from_day < since)
    union
    select u.unit_id from unit u where headed and u.district = of_district and of_person = any (u.also_head_ids) and u.from_day >= since;
end;

create or replace function sealed_known(of_district text, about_person text, about_unit text, since date) returns boolean language sql stable
begin atomic
    select case current_setting('zhucun.eyes', true)
           when 'all' then true
           when 'apart' then (current_setting('zhucun.person', true) = '' or current_setting('zhucun.person', true) is distinct from about_person)
             and not exists (
                 select from (select about_unit as unit_id union all select sealed_units(of_district, about_person, since, false)) theirs
                        join (select unnest(current_setting('zhucun.units', true)::text[]) as unit_id
                              union all select sealed_units(of_district, current_setting('zhucun.person', true), since, true)) own using (unit_id)
                  where unit_id <> '')
             and not exists (
                 select from sealed_units(of_district, about_person, since, true) as theirs (unit_id)
                        join sealed_units(of_district, current_setting('zhucun.person', true), since, false) as own (unit_id) using (unit_id)
                  where unit_id <> '')
           else false end;
end;
