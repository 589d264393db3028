-- What supervision's reader threads ask: findings with their words and what became of them.

-- name: finding_read FindingKey -> Shown
select f.finding_id, coalesce(m.state, 'noted') as state, f.kind, f.person_id, f.unit_id, f.on_day, f.source, f.level, f.bulletin, f.major,
       n.note, f.evidence_sha256, n.evidence_names, f.noted_at_us, m.confirmed_day, f.hearing_due_day
  from finding f
  left join note n on n.district = f.district and n.finding_id = f.finding_id
  left join lateral (select state, confirmed_day from finding_move m where m.district = f.district and m.finding_id = f.finding_id
                      order by seq desc limit 1) m on true
 where f.district = :district and f.finding_id = :finding_id
;

-- name: finding_list Page -> Shown
select f.finding_id, coalesce(m.state, 'noted') as state, f.kind, f.person_id, f.unit_id, f.on_day, f.source, f.level, f.bulletin, f.major,
       n.note, f.evidence_sha256, n.evidence_names, f.noted_at_us, m.confirmed_day, f.hearing_due_day
  from finding f
  left join note n on n.district = f.district and n.finding_id = f.finding_id
  left join lateral (select state, confirmed_day from finding_move m where m.district = f.district and m.finding_id = f.finding_id
                      order by seq desc limit 1) m on true
 where f.district = :district and f.finding_id > :after
   and (:state::text is null or coalesce(m.state, 'noted') = :state)
 order by f.finding_id limit :limit
;

-- name: finding_list_of_person Page -> Shown
select f.finding_id, coalesce(m.state, 'noted') as state, f.kind, f.person_id, f.unit_id, f.on_day, f.source, f.level, f.bulletin, f.major,
       n.note, f.evidence_sha256, n.evidence_names, f.noted_at_us, m.confirmed_day, f.hearing_due_day
  from finding f
  left join note n on n.district = f.district and n.finding_id = f.finding_id
  left join lateral (select state, confirmed_day from finding_move m where m.district = f.district and m.finding_id = f.finding_id
                      order by seq desc limit 1) m on true
 where f.district = :district and f.person_id = :person_id and f.finding_id > :after
   and (:unit_id::text is null or f.unit_id = :unit_id)
   and (:state::text is null or coalesce(m.state, 'noted') = :state)
 order by f.finding_id limit :limit
;

-- name: finding_list_of_unit Page -> Shown
select f.finding_id, coalesce(m.state, 'noted') as state, f.kind, f.person_id, f.unit_id, f.on_day, f.source, f.level, f.bulletin, f.major,
       n.note, f.evidence_sha256, n.evidence_names, f.noted_at_us, m.confirmed_day, f.hearing_due_day
  from finding f
  left join note n on n.district = f.district and n.finding_id = f.finding_id
  left join lateral (select state, confirmed_day from finding_move m where m.district = f.district and m.finding_id = f.finding_id
                      order by seq desc limit 1) m on true
 where f.district = :district and f.unit_id = :unit_id and f.finding_id > :after
   and (:state::text is null or coalesce(m.state, 'noted') = :state)
 order by f.finding_id limit :limit
;
