-- name: posting_read Id -> Posting
select posting_id, person_id, village_id, role, from_day, to_day, term_from_day, term_to_day, reason from posting
 where district = :district and posting_id = :id;

-- name: posting_list PostingPage -> Posting
select posting_id, person_id, village_id, role, from_day, to_day, term_from_day, term_to_day, reason from posting
 where district = :district and posting_id > :after
   and (:on_day::date is null or daterange(from_day, to_day) @> :on_day)
 order by posting_id limit :limit;

-- name: posting_list_of_village PostingPage -> Posting
select posting_id, person_id, village_id, role, from_day, to_day, term_from_day, term_to_day, reason from posting
 where district = :district and village_id = :village_id and posting_id > :after
   and (:on_day::date is null or daterange(from_day, to_day) @> :on_day)
 order by posting_id limit :limit;

-- name: posting_list_of_person PostingPage -> Posting
select p.posting_id, p.person_id, p.village_id, p.role, p.from_day, p.to_day, p.term_from_day, p.term_to_day, p.reason
  from person_posting k join posting p on p.district = k.district and p.posting_id = k.posting_id
 where k.district = :district and k.person_id = :person_id and k.posting_id > :after
   and (:village_id::text is null or p.village_id = :village_id)
   and (:on_day::date is null or daterange(p.from_day, p.to_day) @> :on_day)
 order by p.posting_id limit :limit;

-- name: postings_of_persons Ids -> Posting
select p.posting_id, p.person_id, p.village_id, p.role, p.from_day, p.to_day, p.term_from_day, p.term_to_day, p.reason
  from person_posting k join posting p on p.district = k.district and p.posting_id = k.posting_id
 where k.district = :district and k.person_id = any((:ids::text)::text[])
 order by p.person_id, p.posting_id;
