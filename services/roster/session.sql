-- name: headed_units ReachKey -> roster.Unit
select u.id, u.name, u.head_person_id
  from (select distinct on (unit_id) unit_id as id, name, head_person_id from unit
         where district = :district and from_day <= :on_day order by unit_id, from_day desc) u
 where u.head_person_id = :person_id order by u.id;

-- name: caller_read Token -> Account
select a.district, a.account_id, a.person_id, '' as phone, '' as password_hash, a.roles, a.township_id, a.disabled,
       a.vouched, a.person_ids
  from session s join account a on a.district = s.district and a.account_id = s.account_id
 where s.district = :district and s.token_sha256 = :token_sha256 and s.expires_at_us > :now_us and not a.disabled;
