-- case: what more than one room asks readers' threads.

-- name: findings_of_case CaseKey -> Finding
select district, case_id, finding_id, kind, unit_id, on_day, source, level, bulletin, major, evidence_sha256, noted_by,
       confirmed_by, confirmed_day, state, noted_by_person, confirmed_by_person, about_person_id
  from finding where district = :district and case_id = :case_id
 order by finding_id
;
