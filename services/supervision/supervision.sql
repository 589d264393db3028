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

-- Planned for the filters and the order that are asked for, so each is a line: of those that are not, nothing is left.
-- name: finding_list Page -> Shown
select f.finding_id, coalesce(m.state, 'noted') as state, f.kind, f.person_id, f.unit_id, f.on_day, f.source, f.level, f.bulletin, f.major,
       n.note, f.evidence_sha256, n.evidence_names, f.noted_at_us, m.confirmed_day, f.hearing_due_day
  from finding f
  left join note n on n.district = f.district and n.finding_id = f.finding_id
  left join lateral (select state, confirmed_day from finding_move m where m.district = f.district and m.finding_id = f.finding_id
                      order by seq desc limit 1) m on true
 where f.district = :district
   and (:person_id::text is null or f.person_id = :person_id)
   and (:unit_id::text is null or f.unit_id = :unit_id)
   and (:state::text is null or coalesce(m.state, 'noted') = :state)
   and (:kind::text is null or f.kind = :kind)
   and (:source::text is null or f.source = :source)
   and (:from_day::date is null or f.on_day >= :from_day)
   and (:until_day::date is null or f.on_day < :until_day)
   and (:noted_by_person::text is null or (f.noted_by_person = :noted_by_person and f.noted_by_person <> ''))
   and (coalesce(:order::text, 'id') <> 'id' or f.finding_id > :after)
   and (coalesce(:order, 'id') <> 'on' or (f.on_day, f.finding_id) > (:after_day, :after))
   and (coalesce(:order, 'id') <> 'due'
        or (coalesce(f.hearing_due_day, '9999-12-31'), f.finding_id) > (:after_day, :after))
 order by case :order when 'on' then f.on_day when 'due' then coalesce(f.hearing_due_day, '9999-12-31') end,
          f.finding_id
 limit :limit
;
