-- funding: statements of reader threads, and the one that queues re-evaluations.

-- name: person PersonKey -> Found
select exists (select 1 from person where district = :district and person_id = :person_id) as found
;

-- name: months PersonDays -> Month
select d.month_day, (count(*) filter (where d.present))::integer as days_present,
       coalesce(max(m.accrued_fen), 0) as accrued_fen, coalesce(max(m.cancelled_fen), 0) as cancelled_fen,
       coalesce(max(m.paid_fen), 0) as paid_fen, coalesce(max(m.clawback_fen), 0) as clawback_fen
  from day d left join stipend_month m on m.district = d.district and m.month_day = d.month_day and m.person_id = d.person_id
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

-- name: payroll MonthKey -> Payroll
select district, month_day, state, total_fen from payroll where district = :district and month_day = :month_day
;

-- name: payroll_lines LinesPage -> funding.PayrollLine
select person_id, due_fen, pay_fen - due_fen as correction_fen, pay_fen
  from payroll_line where district = :district and month_day = :month_day and person_id > :after
 order by person_id limit :limit::integer
;

-- name: payroll_proof MonthKey -> funding.PayrollProof
select total_fen, lines_fen, ledger_fen, persons_unequal, months_unequal, holds
  from payroll_proof where district = :district and month_day = :month_day
;
