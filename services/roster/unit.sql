-- name: unit_read IdOnDay -> roster.Unit
select unit_id as id, name, head_person_id from unit
 where district = :district and unit_id = :id and from_day <= :on_day order by from_day desc limit 1;

-- name: unit_list UnitPage -> roster.Unit
select u.id, u.name, u.head_person_id
  from (select distinct on (unit_id) unit_id as id, name, head_person_id from unit
         where district = :district and unit_id > :after and from_day <= :on_day
         order by unit_id, from_day desc) u
 where (:q::text is null or position(:q in u.name) > 0 or starts_with(u.id, :q))
   and (:area_id::text is null or u.id = any(array(
        select p.unit_id from posting o
          join lateral (select h.unit_id from person h
                         where h.district = :district and h.person_id = o.person_id and h.from_day <= :on_day
                         order by h.from_day desc limit 1) p on true
         where o.district = :district and daterange(o.from_day, o.to_day) @> :on_day::date
           and o.village_id = any(array(
               select v.id
                 from (select distinct on (village_id) village_id as id, township_id from village
                        where district = :district and from_day <= :on_day
                        order by village_id, from_day desc) v
                where (select t.area_id from township t
                        where t.district = :district and t.township_id = v.township_id and t.from_day <= :on_day
                        order by t.from_day desc limit 1) = :area_id)))))
 order by u.id limit :limit;
