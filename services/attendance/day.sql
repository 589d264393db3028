-- What attendance's reader threads ask.

-- name: person PersonKey -> Found
select exists (select 1 from person where district = :district and person_id = :person_id) as found
;

-- name: days_of_person DaysOf -> Day
select district, person_id, on_day, strong, weak, absences, status
  from day where district = :district and person_id = :person_id and on_day >= :from_day and on_day < :until_day
 order by on_day
;

-- name: calendar_of_day DaysOf -> mirror_rows.Calendar
select district, year, version, lines from calendar
 where district = :district and year = extract(year from :from_day::date)::integer
;

-- Days of which something else was told than the calendar says by now: each is looked at again.
-- name: moved Moved ->
insert into engine.work (service, partition, district, kind, subject, cause, trace, at_us)
select 'attendance', :partition::integer, d.district, 'moved', to_char(d.on_day, 'YYYY-MM-DD/') || d.person_id,
       :cause, :trace, :at_us::timestamptz
  from (select 'rest_day' as told, unnest(string_to_array(:working, ' ')::date[]) as on_day
        union all
        select 'unknown', unnest(string_to_array(:resting, ' ')::date[])) as m
  join day d on d.district = :district and d.on_day = m.on_day and d.status = m.told and d.status in ('rest_day', 'unknown')
    on conflict (service, partition, district, kind, subject) do update
   set cause = excluded.cause, trace = excluded.trace, at_us = excluded.at_us
;

-- name: contradictions ContradictionsAfter -> attendance.Contradiction
select person_id, on_day, strong as checkins, absences as findings
  from day
 where district = :district and absences > 0 and strong > 0 and (on_day, person_id) > (:after_day, :after_person)
 order by on_day, person_id limit :limit
;
