-- name: account_read Id -> Account
select district, account_id, person_id, phone, password_hash, roles, township_id, disabled
  from account where district = :district and account_id = :id;

-- name: account_list Page -> Account
select district, account_id, person_id, phone, '' as password_hash, roles, township_id, disabled
  from account where district = :district and account_id > :after order by account_id limit :limit;
