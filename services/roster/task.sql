-- name: task_list TaskPage -> roster.Task
select task_id as id, kind, recall_id, person_id, posting_id, village_id, state, opened_us,
       nullif(unit_id, '') as unit_id
  from task
 where district = :district and task_id > :after
   and (:person_id::text is null or person_id = :person_id) and (:state::text is null or state = :state)
 order by task_id limit :limit;
