-- What attendance's reader threads ask.

-- name: person PersonKey -> Found
select exists (select 1 from person where district = :district and person_id = :person_id) as found
;

-- name: days_of_person DaysOf -> Day
select district, person_id, on_day, strong, weak, absences
  from day where district = :district and person_id = :person_id and on_day >= :from_day and on_day < :until_day
 order by on_day
;

-- name: contradictions ContradictionsAfter -> attendance.Contradiction
select person_id, on_day, strong as checkins, absences as findings
  from day where district = :district and absences > 0 and strong > 0 and (on_day, person_id) > (:after_day, :after_person)
 order by on_day, person_id limit :limit
;
