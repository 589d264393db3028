-- name: person_read IdOnDay -> roster.Person
select p.person_id as id, i.name, i.phone, p.unit_id, p.establishment
  from person p join identity i on i.district = p.district and i.person_id = p.person_id
 where p.district = :district and p.person_id = :id and p.from_day <= :on_day order by p.from_day desc limit 1;

-- name: person_list PersonPage -> roster.Person
select i.person_id as id, i.name, i.phone, p.unit_id, p.establishment
  from identity i
  join lateral (select unit_id, establishment from person
                 where district = :district and person_id = i.person_id and from_day <= :on_day
                 order by from_day desc limit 1) p on true
 where i.district = :district and i.person_id > :after
   and (:unit_id::text is null or p.unit_id = :unit_id)
   and (:q::text is null or position(:q in i.name) > 0 or starts_with(i.person_id, :q))
   and ((:role::text is null and :township_id::text is null) or exists (
        select from person_posting k
          join posting o on o.district = k.district and o.posting_id = k.posting_id
          join lateral (select v.township_id from village v
                         where v.district = :district and v.village_id = o.village_id and v.from_day <= :on_day
                         order by v.from_day desc limit 1) v on true
         where k.district = :district and k.person_id = i.person_id and daterange(o.from_day, o.to_day) @> :on_day::date
           and (:role::text is null or o.role = :role)
           and (:township_id::text is null or v.township_id = :township_id)))
 order by i.person_id limit :limit;

-- name: contacts IdsOnDay -> roster.Contact
select i.person_id, i.name, i.phone, coalesce(p.unit_id, '') as unit_id, coalesce(u.name, '') as unit_name
  from identity i
  left join lateral (select unit_id from person
                      where district = i.district and person_id = i.person_id and from_day <= :on_day
                      order by from_day desc limit 1) p on true
  left join lateral (select name from unit
                      where district = i.district and unit_id = p.unit_id and from_day <= :on_day
                      order by from_day desc limit 1) u on true
 where i.district = :district and i.person_id = any((:ids::text)::text[]) order by i.person_id;
