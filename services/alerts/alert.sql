-- What alerts' reader threads ask: messages.

-- Whom a message went to is shown as roster masks the phone, as of :on_day.  What the text mentions is mentioned as of
-- when it was sent (lib/domain/mention.h).
-- name: list_all Page -> alerts.Alert
select a.alert_id as id, a.person_id, coalesce(p.phone_masked, '') as phone, a.template,
       case when a.named_seq > 0 then replace(a.text_zh, '⟧', '@' || a.named_seq || '⟧') else a.text_zh end as text,
       a.cause, a.state, a.at_us, nullif(a.digest, '') as digest, nullif(a.reason, '') as reason
  from alert a
  left join lateral (select p.phone_masked from person p
                      where p.district = a.district and p.person_id = a.person_id and p.from_day <= :on_day
                      order by p.from_day desc limit 1) p on true
 where a.district = :district and a.alert_id > :after
 order by a.alert_id limit :limit
;

-- name: list_of_person Page -> alerts.Alert
select a.alert_id as id, a.person_id, coalesce(p.phone_masked, '') as phone, a.template,
       case when a.named_seq > 0 then replace(a.text_zh, '⟧', '@' || a.named_seq || '⟧') else a.text_zh end as text,
       a.cause, a.state, a.at_us, nullif(a.digest, '') as digest, nullif(a.reason, '') as reason
  from alert a
  left join lateral (select p.phone_masked from person p
                      where p.district = a.district and p.person_id = a.person_id and p.from_day <= :on_day
                      order by p.from_day desc limit 1) p on true
 where a.district = :district and a.person_id || '' = :person_id and a.alert_id > :after
 order by a.alert_id limit :limit
;

-- name: messages_of_measure MeasureKey -> alerts.MessageLine
select a.alert_id, a.person_id as recipient, a.state
  from told t join alert a on a.district = t.district and a.root = t.root and a.person_id = t.person_id
 where t.district = :district and t.about = :measure_id
 order by a.alert_id
;
