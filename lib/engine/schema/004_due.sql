-- due: what is due, and what is to be looked at again, in the order in which it is taken, as much as a batch takes.
--
-- The planner sees these tables when they are empty, and keeps its plan.  It then thinks one index as good as another, and
-- takes, to find one timer by its key, an index that has all of a partition's in it; so that for thousands of messages due at once every
-- removal looked at all of them.  With `partition + 0` the two questions can only be answered from the index that was made for each.

drop index engine.timer_due;
create index timer_due on engine.timer (service, (partition + 0), due_us, district, kind, subject);
create index work_turn on engine.work (service, (partition + 0), at_us, district, kind, subject);

-- One after the other by the key.  (A join would be planned for a table without rows.)
create function engine.drop_timers(partitions integer[], districts text[], kinds text[], subjects text[]) returns void
language plpgsql security definer set search_path = engine, pg_temp as $$
begin
    for i in 1 .. cardinality(partitions) loop
        delete from engine.timer where service = session_user and partition = partitions[i] and district = districts[i] and kind = kinds[i] and subject = subjects[i];
    end loop;
end $$;

create function engine.work_done(partitions integer[], districts text[], kinds text[], subjects text[]) returns void
language plpgsql security definer set search_path = engine, pg_temp as $$
begin
    for i in 1 .. cardinality(partitions) loop
        delete from engine.work where service = session_user and partition = partitions[i] and district = districts[i] and kind = kinds[i] and subject = subjects[i];
    end loop;
end $$;

-- As in 001, but the timers that are due are counted from their index, service by service.
create or replace function engine.lag(p integer) returns bigint language sql stable security definer set search_path = engine, pg_temp as $$
    select (select coalesce(sum(head - cursor), 0) from engine.edge where partition = p)
         + (select coalesce(sum(d.n), 0)::bigint
              from engine.head h
             cross join lateral (select count(*) as n from engine.timer t where t.service = h.service and t.partition + 0 = p
                                    and t.due_us <= coalesce((select now_us from engine.clock), statement_timestamp()) offset 0) as d
             where h.partition = p)
         + (select count(*) from engine.head h, engine.clock c where h.partition = p and h.now_us < c.now_us)
         + (select coalesce(sum(d.n), 0)::bigint
              from engine.head h
             cross join lateral (select count(*) as n from engine.work w where w.service = h.service and w.partition + 0 = p offset 0) as d
             where h.partition = p)
         + (select count(*) from (select distinct consumer from engine.consumes) s       -- not even opened yet
              where exists (select 1 from engine.district d where d.partition = p)
                and not exists (select 1 from engine.head h where h.service = s.consumer and h.partition = p))
$$;

revoke execute on function engine.drop_timers(integer[], text[], text[], text[]), engine.work_done(integer[], text[], text[], text[]) from public;
