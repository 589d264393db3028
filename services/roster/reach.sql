-- name: reach_read ReachKey -> roster.Reach
select coalesce((select unit_id from person
                  where district = :district and person_id = :person_id and from_day <= :on_day
                  order by from_day desc limit 1), '') as unit_id,
       array(select distinct v.township_id
               from (select :village_id::text as village_id
                     union all
                     select p.village_id from person_posting k
                       join posting p on p.district = k.district and p.posting_id = k.posting_id
                      where k.district = :district and k.person_id = :person_id
                        and daterange(p.from_day, p.to_day) @> :on_day::date) w
              cross join lateral (select township_id from village
                                   where district = :district and village_id = w.village_id and from_day <= :on_day
                                   order by from_day desc limit 1) v) as township_ids;
