-- name: policy_read IdOnDay -> roster.PolicyVersion
select version, effective_from_day, document_json from policy
 where district = :district and effective_from_day <= :on_day order by effective_from_day desc limit 1;
