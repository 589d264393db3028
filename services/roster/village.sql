-- name: village_read IdOnDay -> Village
select v.village_id as id, v.name, v.township_id, v.kind, v.lon, v.lat, v.radius_m, c.closed_on_day
  from village v left join closed_village c on c.district = v.district and c.village_id = v.village_id
 where v.district = :district and v.village_id = :id and v.from_day <= :on_day order by v.from_day desc limit 1;

-- name: village_list VillagePage -> Village
select v.id, v.name, v.township_id, v.kind, v.lon, v.lat, v.radius_m, c.closed_on_day
  from (select distinct on (village_id) village_id as id, name, township_id, kind, lon, lat, radius_m from village
         where district = :district and village_id > :after and from_day <= :on_day
         order by village_id, from_day desc) v
  left join closed_village c on c.district = :district and c.village_id = v.id
 where (:township_id::text is null or v.township_id = :township_id)
   and (:kind::text is null or v.kind = :kind)
   and (:q::text is null or position(:q in v.name) > 0 or starts_with(v.id, :q))
   and (:area_id::text is null
        or (select t.area_id from township t
             where t.district = :district and t.township_id = v.township_id and t.from_day <= :on_day
             order by t.from_day desc limit 1) = :area_id)
   and (:lacking::text is null or (
        (c.closed_on_day is null or :on_day < c.closed_on_day) and (
        select o.posting_id from posting o
         where o.district = :district and o.village_id = v.id and o.role = :lacking
           and daterange(o.from_day, o.to_day) @> :on_day::date limit 1) is null))
 order by v.id limit :limit;
