-- funding: statements of reader threads, and the one that queues re-evaluations.

-- name: person PersonKey -> Found
select exists (select 1 from person where district = :district and person_id = :person_id) as found
;

-- name: months PersonDays -> Month
select month_day, (count(*) filter (where present))::integer as days_present,
       sum(accrued_fen)::bigint as accrued_fen, sum(cancelled_fen)::bigint as cancelled_fen
  from day
 where district = :district and person_id = :person_id and month_day >= :from_day and month_day < :until_day
 group by month_day having bool_or(present) or sum(accrued_fen) > 0
 order by month_day
;

-- name: measures_of_person PersonKey -> Measure
select district, person_id, measure_id, from_day, until_day, in_effect, had_effect
  from measure where district = :district and person_id = :person_id
 order by measure_id
;

-- What was cancelled, and given back, on the days of a measure; and what was booked for it while it had other days.
-- name: money_of_measure MeasureKey -> funding.MoneyLine
select e.account, e.fen, e.valid_on_day
  from measure m join entry e on e.district = m.district and e.person_id = m.person_id
 where m.district = :district and m.measure_id = :measure_id and e.purpose = 'cancellation'
   and (e.measure_id = m.measure_id or (m.in_effect and e.valid_on_day >= m.from_day and (m.until_day is null or e.valid_on_day < m.until_day)))
 order by e.valid_on_day, e.seq, e.fen
;

-- A policy moves what is paid from its first day on: every person with a day since then is looked at again.
-- name: restate Restate ->
insert into engine.work (service, partition, district, kind, subject, cause, trace, at_us)
select distinct 'funding', :partition::integer, d.district, 'restate', d.person_id, :cause, :trace, :at_us::timestamptz
  from day d
 where d.district = :district and d.on_day >= :from_day
    on conflict do nothing
;
