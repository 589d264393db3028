-- Who asks is everybody whose account it is or ever was, as separation of duties has it (lib/domain/duty.c): an account that was put to another
-- person's name does not forget what the first had a part in.
--
--   zhucun.persons        those persons; not said by a process from before this: then zhucun.person alone

create or replace function sealed_known(of_district text, about_person text, about_unit text, since date) returns boolean language sql stable
begin atomic
    with who (person_id) as (
        select id from unnest(nullif(current_setting('zhucun.persons', true), '')::text[] || current_setting('zhucun.person', true)) as named (id)
         where id <> '')
    select case current_setting('zhucun.eyes', true)
           when 'all' then true
           when 'apart' then not exists (select from who where who.person_id = about_person)
             and not exists (
                 select from (select about_unit as unit_id union all select sealed_units(of_district, about_person, since, false)) theirs
                        join (select unnest(current_setting('zhucun.units', true)::text[]) as unit_id
                              union all select sealed_units(of_district, who.person_id, since, true) from who) own using (unit_id)
                  where unit_id <> '')
             and not exists (
                 select from sealed_units(of_district, about_person, since, true) as theirs (unit_id)
                        join (select sealed_units(of_district, who.person_id, since, false) as unit_id from who) own using (unit_id)
                  where unit_id <> '')
           else false end;
end;
