-- What reader threads ask of rounds.

-- name: round_read Id -> incentives.Round
select round_id as id, name, category, on_day from round where district = :district and round_id = :id;

-- name: round_list Page -> incentives.Round
select round_id as id, name, category, on_day from round
 where district = :district and round_id > :after order by round_id limit :limit;

-- name: candidates CandidatePage -> incentives.Candidate
select p.person_id, b.eligible, b.reasons
  from round r
 cross join lateral (select distinct person_id from person
                      where district = :district and person_id > :after order by person_id limit :limit) p
 cross join lateral (select count(*) = 0 as eligible,
                            coalesce(array_agg(measure_id order by measure_id), '{}') as reasons
                       from bar
                      where district = :district and bar.person_id = p.person_id
                        and from_day <= r.on_day and (until_day is null or until_day > r.on_day)) b
 where r.district = :district and r.round_id = :id
 order by p.person_id;
