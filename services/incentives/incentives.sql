-- What incentives' reader threads ask.

-- name: round_read Id -> incentives.Round
select round_id as id, name, category, on_day from round where district = :district and round_id = :id;

-- name: round_list Page -> incentives.Round
select round_id as id, name, category, on_day from round
 where district = :district and round_id > :after order by round_id limit :limit_rows;

-- name: candidates CandidatePage -> Candidate
select p.person_id,
       array(select b.measure_id from bar b
              where b.district = :district and b.person_id = p.person_id and b.from_day <= :on_day and (b.until_day is null or b.until_day > :on_day)
              order by b.measure_id) as reasons
  from (select distinct person_id from person where district = :district and person_id > :after order by person_id limit :limit_rows) p
 order by p.person_id;
