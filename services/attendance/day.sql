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
 where district = :district and absences > 0 and strong > 0 and (on_day, person_id) > (:after_day, :after)
 order by on_day, person_id limit :limit
;

-- Of a day without evidence the calendar decides, which may have come since it was told of.
-- name: day_list DayPage -> attendance.DayOf
select w.person_id, w.unit_id, w.village_ids, w.status
  from (select o.person_id, array_agg(distinct o.village_id order by o.village_id) as village_ids,
               coalesce((select p.unit_id from person p
                          where p.district = :district and p.person_id = o.person_id and p.from_day <= :on_day
                          order by p.from_day desc limit 1), '') as unit_id,
               coalesce((select d.status from day d
                          where d.district = :district and d.person_id = o.person_id and d.on_day = :on_day
                            and d.status not in ('rest_day', 'unknown')), :idle) as status
          from posting o
         where o.district = :district and o.person_id > :after and daterange(o.from_day, o.to_day) @> :on_day::date
         group by o.person_id) w
 where (:status::text is null or w.status = :status)
   and (:unit_id::text is null or w.unit_id = :unit_id)
   and (:village_id::text is null or :village_id = any(w.village_ids))
   and (:township_id::text is null or w.village_ids && array(
        select v.village_id from village v
         where v.district = :district and v.township_id = :township_id and v.from_day <= :on_day
           and not exists (select from village l
                            where l.district = v.district and l.village_id = v.village_id
                              and l.from_day > v.from_day and l.from_day <= :on_day)))
 order by w.person_id limit :limit
;
