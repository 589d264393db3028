-- name: township_read IdOnDay -> roster.Township
select township_id as id, name, area_id from township
 where district = :district and township_id = :id and from_day <= :on_day order by from_day desc limit 1;

-- name: township_list Page -> roster.Township
select distinct on (township_id) township_id as id, name, area_id from township
 where district = :district and township_id > :after and from_day <= :on_day
 order by township_id, from_day desc limit :limit;
