-- name: posting_read Id -> Posting
select posting_id, person_id, village_id, role, from_day, to_day, term_from_day, term_to_day, reason from posting
 where district = :district and posting_id = :id;

-- name: posting_list PostingPage -> Posting
select o.posting_id, o.person_id, o.village_id, o.role, o.from_day, o.to_day, o.term_from_day, o.term_to_day, o.reason
  from posting o
 where o.district = :district and o.posting_id > :after
   and (:on_day::date is null or daterange(o.from_day, o.to_day) @> :on_day)
   and (:person_id::text is null or o.person_id = :person_id)
   and (:village_id::text is null or o.village_id = :village_id)
   and (:role::text is null or o.role = :role)
   and (:unit_id::text is null or o.person_id = any(array(
        select p.person_id from person p
         where p.district = :district and p.unit_id = :unit_id and p.from_day <= :as_of_day
           and not exists (select from person l
                            where l.district = p.district and l.person_id = p.person_id
                              and l.from_day > p.from_day and l.from_day <= :as_of_day))))
   and (:township_id::text is null or o.village_id = any(array(
        select v.village_id from village v
         where v.district = :district and v.township_id = :township_id and v.from_day <= :as_of_day
           and not exists (select from village l
                            where l.district = v.district and l.village_id = v.village_id
                              and l.from_day > v.from_day and l.from_day <= :as_of_day))))
 order by o.posting_id limit :limit;

-- name: postings_of_persons Ids -> Posting
select p.posting_id, p.person_id, p.village_id, p.role, p.from_day, p.to_day, p.term_from_day, p.term_to_day, p.reason
  from person_posting k join posting p on p.district = k.district and p.posting_id = k.posting_id
 where k.district = :district and k.person_id = any((:ids::text)::text[])
 order by p.person_id, p.posting_id;
