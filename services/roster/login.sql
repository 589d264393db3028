-- name: account_of_phone AccountPhone -> Account
select a.district, a.account_id, a.person_id, a.phone, a.password_hash, a.roles, a.township_id, a.disabled
  from account_phone p join account a on a.district = p.district and a.account_id = p.account_id
 where p.district = :district and p.digits = :digits;
