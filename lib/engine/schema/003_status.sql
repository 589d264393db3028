-- status: how the whole installation is, in one question (GET /api/v1/status, the gauges of /metrics).  Counts of every service's
-- rows; shows nobody's.

create function engine.status()
returns table (service text, partitions bigint, unowned bigint, parked bigint, timers_due bigint, work_queued bigint)
language sql stable security definer set search_path = engine, pg_temp as $$
    select s.consumer, opened.n,
           opened.n - (select count(*) from engine.holding g where g.service = s.consumer),
           (select count(*) from engine.parked p where p.service = s.consumer),
           (select count(*) from engine.timer t where t.service = s.consumer
               and t.due_us <= coalesce((select now_us from engine.clock), clock_timestamp())),
           (select count(*) from engine.work w where w.service = s.consumer)
      from (select distinct consumer from engine.consumes) as s, (select count(distinct partition) as n from engine.district) as opened
     order by s.consumer
$$;

revoke execute on function engine.status() from public;
