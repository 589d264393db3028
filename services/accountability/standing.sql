-- standing: where a person or a unit stands.

-- name: person PersonKey -> Found
select exists (select 1 from person where district = :district and person_id = :person_id) as found
;

-- name: unit UnitKey -> Found
select exists (select 1 from unit where district = :district and unit_id = :unit_id) as found
;

-- Two lists, since one condition with `or` in it would be looked for among all measures of the district.
-- name: measures_of_person PersonKey -> Measure
select district, case_id, measure_id, unit_id, ladder, kind, clause, window_year, policy, rung, from_day, until_day,
       state, cause, reason_zh, reason_en, absence_day, decided_day, approval, recall_id, head_person_id, cause_of
  from (select * from measure where district = :district and case_id = :person_id
        union all
        select * from measure where district = :district and head_person_id = :person_id and head_person_id <> ''
                                and case_id <> :person_id) as m
 where state <> 'revoked'
 order by window_year, rung, measure_id
;

-- name: measures_of_unit UnitKey -> Measure
select district, case_id, measure_id, unit_id, ladder, kind, clause, window_year, policy, rung, from_day, until_day,
       state, cause, reason_zh, reason_en, absence_day, decided_day, approval, recall_id, head_person_id, cause_of
  from measure where district = :district and unit_id = :unit_id and unit_id <> '' and state <> 'revoked'
 order by window_year, rung, measure_id
;

-- name: recalls_of_unit UnitKey -> Recall
select * from (
    select r.district, r.person_id, r.recall_id, r.absence_day, r.state, r.due_day, r.cause, r.ordered_day,
           r.head_person_id, r.successor_posting_id, r.overdue,
           coalesce(r.unit_id, (
               select p.unit_id from person p
                where p.district = r.district and p.person_id = r.person_id and p.from_day <= r.absence_day
                order by p.from_day desc limit 1)) as unit_id,
           coalesce(r.posting_id, (
               select p.posting_id from posting p
                where p.district = r.district and p.person_id = r.person_id and p.from_day <= r.absence_day
                  and (p.to_day is null or p.to_day > r.absence_day)
                order by p.role <> 'first_secretary', p.role <> 'team_member', p.posting_id limit 1)) as posting_id
      from recall r where r.district = :district) as of_unit
 where of_unit.unit_id = :unit_id
 order by of_unit.recall_id
;
