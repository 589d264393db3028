-- What reader threads ask of stipends, and the statement that queues their restating.

-- name: person PersonKey -> PersonKey
select district, person_id from person where district = :district and person_id = :person_id limit 1
;

-- name: months PersonDays -> funding.StipendMonth
select to_char(d.month_day::timestamp, 'YYYY-MM') as month,
       (count(*) filter (where d.present))::integer as days_present,
       coalesce(max(m.accrued_fen), 0) as accrued_fen, coalesce(max(m.cancelled_fen), 0) as cancelled_fen,
       coalesce(max(m.paid_fen), 0) as paid_fen, coalesce(max(m.clawback_fen), 0) as clawback_fen
  from day d
  left join stipend_month m on m.district = d.district and m.month_day = d.month_day and m.person_id = d.person_id
 where d.district = :district and d.person_id = :person_id and d.month_day >= :from_day and d.month_day < :until_day
 group by d.month_day having bool_or(d.present) or count(m.person_id) > 0
 order by d.month_day
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
   and (e.measure_id = m.measure_id or
        (m.in_effect and e.valid_on_day >= m.from_day and (m.until_day is null or e.valid_on_day < m.until_day)))
 order by e.valid_on_day, e.seq, e.fen
;

-- A policy moves what is paid on its days, until the next one's first: every person with days among these is looked at
-- again, from the month of the first until after that of the last, in days since 1970.  Two looks into the key of `day`
-- for each person, however many days there are.  Who is being looked at already is looked at from the earlier of the
-- two months on.
-- name: restate Restate ->
insert into engine.work as w (service, partition, district, kind, subject, cause, trace, at_us, span_from, span_until)
select 'funding', :partition::integer, p.district, 'restate', p.person_id, :cause, :trace, :at_us::timestamptz,
       f.month_day - date '1970-01-01', (l.month_day + interval '1 month')::date - date '1970-01-01'
  from (select distinct district, person_id from person where district = :district) as p
 cross join lateral (select d.month_day from day d
                      where d.district = p.district and d.person_id = p.person_id
                        and d.month_day >= date_trunc('month', :from_day::date::timestamp)::date
                      order by d.month_day limit 1) as f
 cross join lateral (select d.month_day from day d
                      where d.district = p.district and d.person_id = p.person_id and d.month_day < :until_day::date
                      order by d.month_day desc limit 1) as l
 where f.month_day <= l.month_day
    on conflict (service, partition, district, kind, subject) do update
   set span_from = least(w.span_from, excluded.span_from),
       span_until = case when w.span_until = 0 then 0 else greatest(w.span_until, excluded.span_until) end,
       cause = excluded.cause, trace = excluded.trace, at_us = excluded.at_us
;
