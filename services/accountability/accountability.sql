-- accountability: statements of reader threads, and the one that queues re-evaluations.

-- name: person PersonKey -> Found
select exists (select 1 from person where district = :district and person_id = :person_id) as found
;

-- name: unit UnitKey -> Found
select exists (select 1 from unit where district = :district and unit_id = :unit_id) as found
;

-- name: findings_of_case CaseKey -> Finding
select district, case_id, finding_id, kind, unit_id, on_day, source, level, bulletin, major, evidence_sha256, noted_by, confirmed_by,
       confirmed_day, state, noted_by_person, confirmed_by_person, about_person_id
  from finding where district = :district and case_id = :case_id
 order by finding_id
;

-- Two lists, since one condition with `or` in it would be looked for among all measures of the district.
-- name: measures_of_person PersonKey -> Measure
select district, case_id, measure_id, unit_id, ladder, kind, clause, window_year, policy, rung, from_day, until_day, state, cause,
       reason_zh, reason_en, absence_day, decided_day, approval, recall_id, head_person_id, cause_of
  from (select * from measure where district = :district and case_id = :person_id
        union all
        select * from measure where district = :district and head_person_id = :person_id and head_person_id <> '' and case_id <> :person_id) as m
 where state <> 'revoked'
 order by window_year, rung, measure_id
;

-- name: measures_of_unit UnitKey -> Measure
select district, case_id, measure_id, unit_id, ladder, kind, clause, window_year, policy, rung, from_day, until_day, state, cause,
       reason_zh, reason_en, absence_day, decided_day, approval, recall_id, head_person_id, cause_of
  from measure where district = :district and unit_id = :unit_id and unit_id <> '' and state <> 'revoked'
 order by window_year, rung, measure_id
;

-- name: measure MeasureKey -> Measure
select m.district, m.case_id, m.measure_id, m.unit_id, m.ladder, m.kind, m.clause, m.window_year, m.policy, m.rung, m.from_day,
       m.until_day, m.state, m.cause, m.reason_zh, m.reason_en, m.absence_day, m.decided_day, m.approval, m.recall_id, m.head_person_id, m.cause_of
  from measure_home h join measure m on m.district = h.district and m.case_id = h.case_id and m.measure_id = h.measure_id
 where h.district = :district and h.measure_id = :measure_id
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

-- Until a recall is ordered, its unit is the person's on the date of the absence that opened it, its posting the one held then.
-- name: recalls RecallsAfter -> Recall
select r.district, r.person_id, r.recall_id, r.absence_day, r.state, r.due_day, r.cause, r.ordered_day, r.head_person_id,
       r.successor_posting_id, r.overdue,
       coalesce(r.unit_id, (select p.unit_id from person p
                             where p.district = r.district and p.person_id = r.person_id and p.from_day <= r.absence_day
                             order by p.from_day desc limit 1)) as unit_id,
       coalesce(r.posting_id, (select p.posting_id from posting p
                                where p.district = r.district and p.person_id = r.person_id and p.from_day <= r.absence_day
                                  and (p.to_day is null or p.to_day > r.absence_day)
                                order by p.role <> 'first_secretary', p.role <> 'team_member', p.posting_id limit 1)) as posting_id
  from recall r
 where r.district = :district and r.recall_id > :after
   and (:person_id::text is null or r.person_id = :person_id) and (:state::text is null or r.state = :state)
 order by r.recall_id limit :limit_rows
;

-- name: recalls_of_unit UnitKey -> Recall
select * from (
    select r.district, r.person_id, r.recall_id, r.absence_day, r.state, r.due_day, r.cause, r.ordered_day, r.head_person_id,
       r.successor_posting_id, r.overdue,
           coalesce(r.unit_id, (select p.unit_id from person p
                                 where p.district = r.district and p.person_id = r.person_id and p.from_day <= r.absence_day
                                 order by p.from_day desc limit 1)) as unit_id,
           coalesce(r.posting_id, (select p.posting_id from posting p
                                    where p.district = r.district and p.person_id = r.person_id and p.from_day <= r.absence_day
                                      and (p.to_day is null or p.to_day > r.absence_day)
                                    order by p.role <> 'first_secretary', p.role <> 'team_member', p.posting_id limit 1)) as posting_id
      from recall r where r.district = :district) as of_unit
 where of_unit.unit_id = :unit_id
 order by of_unit.recall_id
;

-- A policy moves what was counted from its first day on: every case in which something was found, or somebody recalled, since then is
-- looked at again.
-- name: recount Recount ->
insert into engine.work (service, partition, district, kind, subject, cause, trace, at_us)
select distinct 'accountability', :partition::integer, x.district, 'recount', x.case_id, :cause, :trace, :at_us::timestamptz
  from (select f.district, f.case_id from finding f where f.district = :district and f.state = 'confirmed' and f.on_day >= :from_day
        union select r.district, r.person_id from recall r where r.district = :district and r.ordered_day >= :from_day) x
    on conflict do nothing
;
