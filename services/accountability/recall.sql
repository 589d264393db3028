-- recall: recalls, page by page, and one alone.

-- Until a recall is ordered, its unit is the person's on the date of the absence that opened it, its posting the one
-- held then.
-- name: recalls RecallsAfter -> Recall
select * from (
    select r.district, r.person_id, r.recall_id, r.absence_day, r.state, r.due_day, r.cause, r.ordered_day,
           r.head_person_id, r.successor_posting_id, r.overdue,
           coalesce(r.unit_id, (
               select p.unit_id from person p
                where p.district = r.district and p.person_id = r.person_id and p.from_day <= r.absence_day
                order by p.from_day desc limit 1)) as unit_id,
           coalesce(r.posting_id, (
               select p.posting_id from posting p
                where p.district = r.district and p.person_id = r.person_id and p.from_day <= r.absence_day
                  and (p.to_day is null or p.to_day > r.absence_day)
                order by p.role <> 'first_secretary', p.role <> 'team_member', p.posting_id limit 1)) as posting_id
      from recall r
     where r.district = :district) as r
 where r.recall_id > :after
   and (:recall_id::text is null or r.recall_id = :recall_id)
   and (:person_id::text is null or r.person_id = :person_id)
   and (:unit_id::text is null or r.unit_id = :unit_id)
   and (:state::text is null or r.state = :state)
   and (:overdue::boolean is null or r.overdue = :overdue)
 order by r.recall_id limit :limit
;
