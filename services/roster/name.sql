-- shared: something else of its kind was called the same then.
-- name: names NamesAt -> NameAt
select k.ref, n.name, k.id,
       exists (select from name_given t
                where t.district = :district and t.kind = k.kind and t.name = n.name and t.thing_id <> k.id
                  and t.since_seq <= k.seq
                  and not exists (select from name_given l
                                   where l.district = t.district and l.kind = t.kind and l.thing_id = t.thing_id
                                     and l.since_seq > t.since_seq and l.since_seq <= k.seq)) as shared
  from unnest((:refs::text)::text[], (:kinds::text)::text[], (:ids::text)::text[], (:seqs::text)::bigint[])
       as k(ref, kind, id, seq)
 cross join lateral (select g.name from name_given g
                      where g.district = :district and g.kind = k.kind and g.thing_id = k.id and g.since_seq <= k.seq
                      order by g.since_seq desc limit 1) as n;

-- name: names_of IdsOfKinds -> roster.NameOf
select k.kind, k.id, n.name, n.of
  from unnest((:kinds::text)::text[], (:ids::text)::text[]) as k(kind, id)
 cross join lateral (
    select i.name, coalesce((select p.unit_id from person p
                              where p.district = :district and p.person_id = k.id and p.from_day <= :on_day
                              order by p.from_day desc limit 1), '') as of
      from identity i where k.kind = 'person' and i.district = :district and i.person_id = k.id
    union all
    (select u.name, '' from unit u
      where k.kind = 'unit' and u.district = :district and u.unit_id = k.id and u.from_day <= :on_day
      order by u.from_day desc limit 1)
    union all
    (select v.name, v.township_id from village v
      where k.kind = 'village' and v.district = :district and v.village_id = k.id and v.from_day <= :on_day
      order by v.from_day desc limit 1)
    union all
    (select t.name, '' from township t
      where k.kind = 'township' and t.district = :district and t.township_id = k.id and t.from_day <= :on_day
      order by t.from_day desc limit 1)
    union all
    select coalesce(i.name, ''), a.person_id
      from account a left join identity i on i.district = a.district and i.person_id = a.person_id
     where k.kind = 'account' and a.district = :district and a.account_id = k.id) as n;
