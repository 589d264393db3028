-- attendance reads more than before, and a day has one more column, so stop all its replicas first.
-- A day keeps what was told of it last.  Where there is no evidence that follows from its year's working calendar, and calendars come
-- late (rules.md 3): a day of which nothing else is known is then compared with what was told.
alter table day add column status text not null default 'present';

-- Check-ins that lay outside were told of too.
insert into day (district, person_id, on_day, strong, weak, absences)
select distinct district, person_id, (captured_at_us at time zone interval '8 hours')::date, 0, 0, 0 from checkin where result = 'outside'
    on conflict do nothing;

-- Until now the calendar that is shipped was the only one.
\set shipped `cat deploy/data/working_days.csv`
update day d
   set status = case when d.absences > 0 then 'absent_confirmed' when d.weak > 0 then 'present_weak'
                     when coalesce(s.working, extract(isodow from d.on_day) < 6) then 'unknown' else 'rest_day' end
  from day e
  left join (select split_part(line, ',', 1)::date as on_day, split_part(line, ',', 2) = '1' as working
               from regexp_split_to_table(:'shipped', E'\n') as line where line ~ '^[0-9]') s on s.on_day = e.on_day
 where (e.district, e.person_id, e.on_day) = (d.district, d.person_id, d.on_day) and (d.absences > 0 or d.strong = 0);
alter table day alter column status drop default;

create index day_without_evidence on day (district, on_day, person_id) where status in ('rest_day', 'unknown');
