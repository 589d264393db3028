-- name: unit_read IdOnDay -> roster.Unit
select unit_id as id, name, head_person_id from unit
 where district = :district and unit_id = :id and from_day <= :on_day order by from_day desc limit 1;

-- name: unit_list Page -> roster.Unit
select distinct on (unit_id) unit_id as id, name, head_person_id from unit
 where district = :district and unit_id > :after and from_day <= :on_day
 order by unit_id, from_day desc limit :limit;
