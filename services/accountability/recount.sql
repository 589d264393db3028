-- recount: a policy moves what was counted from its first day on: every case in which something was found, or somebody
-- recalled, since then is looked at again.
-- name: recount_cases Recount ->
insert into engine.work (service, partition, district, kind, subject, cause, trace, at_us)
select distinct 'accountability', :partition::integer, x.district, 'recount', x.case_id, :cause, :trace,
                :at_us::timestamptz
  from (select f.district, f.case_id from finding f
         where f.district = :district and f.state = 'confirmed' and f.on_day >= :from_day
        union
        select r.district, r.person_id from recall r where r.district = :district and r.ordered_day >= :from_day) x
    on conflict do nothing
;
