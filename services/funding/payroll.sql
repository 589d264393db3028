-- What reader threads ask of payrolls.

-- name: payroll_read MonthKey -> Payroll
select district, month_day, state, total_fen
  from payroll where district = :district and month_day = to_date(:month, 'YYYY-MM')
;

-- A month's id is its text.
-- name: payroll_list RunsPage -> funding.PayrollRun
select p.month, p.state, p.total_fen
  from (select to_char(month_day, 'YYYY-MM') as month, month_day, state, total_fen
          from payroll where district = :district) as p
 where p.month collate "C" > :after
   and (:year::integer is null or extract(year from p.month_day) = :year)
 order by p.month_day limit :limit
;

-- name: payroll_lines LinesPage -> funding.PayrollLine
select person_id, due_fen, pay_fen - due_fen as correction_fen, pay_fen
  from payroll_line
 where district = :district and month_day = to_date(:month, 'YYYY-MM') and person_id > :after
 order by person_id limit :limit
;

-- name: payroll_proof MonthKey -> funding.PayrollProof
select :month::text as month, total_fen, lines_fen, ledger_fen, persons_unequal, months_unequal, holds
  from payroll_proof where district = :district and month_day = to_date(:month, 'YYYY-MM')
;
