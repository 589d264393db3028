-- case_sheet: a measure, and what it came of.

-- name: measure_by_id MeasureKey -> Measure
select m.district, m.case_id, m.measure_id, m.unit_id, m.ladder, m.kind, m.clause, m.window_year, m.policy, m.rung,
       m.from_day, m.until_day, m.state, m.cause, m.reason_zh, m.reason_en, m.absence_day, m.decided_day, m.approval,
       m.recall_id, m.head_person_id, m.cause_of
  from measure_home h
  join measure m on m.district = h.district and m.case_id = h.case_id and m.measure_id = h.measure_id
 where h.district = :district and h.measure_id = :measure_id
;

-- A person's in two parts, as in standing.sql; so are those of the cases that a finding is a fact of.
-- name: measures MeasuresAfter -> Measure
select m.district, m.case_id, m.measure_id, m.unit_id, m.ladder, m.kind, m.clause, m.window_year, m.policy, m.rung,
       m.from_day, m.until_day, m.state, m.cause, m.reason_zh, m.reason_en, m.absence_day, m.decided_day, m.approval,
       m.recall_id, m.head_person_id, m.cause_of
  from measure m
 where m.district = :district and m.measure_id > :after
   and (:person_id::text is null or m.measure_id = any(array(
        select c.measure_id from measure c where c.district = :district and c.case_id = :person_id
        union all
        select c.measure_id from measure c
         where c.district = :district and c.head_person_id = :person_id and c.head_person_id <> '')))
   and (:state::text is null or m.state = :state) and (coalesce(:state, '') = 'revoked' or m.state <> 'revoked')
   and (:kind::text is null or m.kind = :kind)
   and (:clause::text is null or m.clause = :clause)
   and (:unit_id::text is null or (m.unit_id = :unit_id and m.unit_id <> ''))
   and (:finding_id::text is null or (:finding_id = any(m.cause) and m.measure_id = any(array(
        select c.measure_id from finding f join measure c on c.district = f.district and c.case_id = f.case_id
         where f.district = :district and f.finding_id = :finding_id
        union all
        select c.measure_id from finding f
          join measure c on c.district = f.district and c.cause_of = f.case_id and c.cause_of <> ''
         where f.district = :district and f.finding_id = :finding_id))))
   and (:from_day::date is null or m.from_day >= :from_day)
   and (:until_day::date is null or m.from_day < :until_day)
 order by m.measure_id limit :limit
;

-- name: moves MeasureKey -> Move
select district, measure_id, seq, account, state, reason, at_us, moved_by_person, step
  from move where district = :district and measure_id = :measure_id
 order by seq
;

-- name: postings_of_person PersonKey -> mirror_rows.Posting
select district, person_id, posting_id, village_id, role, from_day, to_day, term_from_day, term_to_day
  from posting where district = :district and person_id = :person_id
 order by posting_id
;
