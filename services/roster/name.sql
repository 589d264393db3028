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
