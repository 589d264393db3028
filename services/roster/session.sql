-- name: headed_units ReachKey -> roster.Unit
select u.id, u.name, u.head_person_id
  from (select distinct on (unit_id) unit_id as id, name, head_person_id from unit
         where district = :district and from_day <= :on_day order by unit_id, from_day desc) u
 where u.head_person_id = :person_id order by u.id;

-- name: caller_read Token -> Caller
select a.account_id, a.person_id, a.roles, a.township_id, a.person_ids, a.vouched,
       coalesce(s.stepped_up_until_us > :now_us, false) as stepped_up
  from session s join account a on a.district = s.district and a.account_id = s.account_id
 where s.district = :district and s.token_sha256 = :token_sha256 and s.expires_at_us > :now_us and not a.disabled;

-- name: session_now Token -> SessionNow
select s.expires_at_us, case when s.stepped_up_until_us > :now_us then s.stepped_up_until_us end as stepped_up_until_us,
       coalesce(i.name, '') as name, coalesce(d.name, '') as district_name,
       array(select distinct p.village_id
               from person_posting k
               join posting p on p.district = k.district and p.posting_id = k.posting_id
              where k.district = :district and k.person_id = :person_id
                and daterange(p.from_day, p.to_day) @> :on_day::date
              order by p.village_id) as village_ids
  from session s
  left join identity i on i.district = s.district and i.person_id = :person_id
  left join district d on d.district = s.district
 where s.district = :district and s.token_sha256 = :token_sha256 and s.expires_at_us > :now_us;
