-- looks: what the loop asks of tables that grow, as functions, so that it is answered from the index that was made for it.
--
-- 004 says how: `partition + 0`.  But an owner sees these tables through a policy (service = current_user), and behind a policy only
-- operators that cannot fail lead into an index, which `+` is not: so all of a service's rows were looked at, whatever their partition,
-- and sorted, each time.  A function with its owner's rights sees no policy, and names the service itself.  The planner sees the
-- tables when they are empty and thinks any plan as good; sorting, and reading all, are forbidden to it here.

create function engine.due_timers(partitions integer[], froms timestamptz[], until timestamptz, at_most integer)
returns table (partition integer, district text, kind text, subject text, due_us timestamptz)
language plpgsql security definer set search_path = engine, pg_temp set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off as $$
#variable_conflict use_column
declare me text collate "C" := session_user;
begin
    for i in 1 .. cardinality(partitions) loop
        return query select t.partition, t.district, t.kind, t.subject, t.due_us from engine.timer t
                      where t.service = me and t.partition + 0 = partitions[i] and t.due_us <= until and t.due_us >= froms[i]
                      order by t.due_us, t.district, t.kind, t.subject limit at_most;
    end loop;
end $$;

create function engine.next_timers(partitions integer[], froms timestamptz[]) returns table (partition integer, due_us timestamptz)
language plpgsql security definer set search_path = engine, pg_temp set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off as $$
#variable_conflict use_column
declare me text collate "C" := session_user;
begin
    for i in 1 .. cardinality(partitions) loop
        return query select partitions[i], (select t.due_us from engine.timer t where t.service = me and t.partition + 0 = partitions[i] and t.due_us >= froms[i]
                                             order by t.due_us, t.district, t.kind, t.subject limit 1);
    end loop;
end $$;

create function engine.some_work(partitions integer[], at_most integer)
returns table (partition integer, district text, kind text, subject text, cause text, trace text, at_us timestamptz, span_from bigint, span_until bigint)
language plpgsql security definer set search_path = engine, pg_temp set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off as $$
#variable_conflict use_column
declare me text collate "C" := session_user;
begin
    for i in 1 .. cardinality(partitions) loop
        return query select w.partition, w.district, w.kind, w.subject, w.cause, w.trace, w.at_us, w.span_from, w.span_until from engine.work w
                      where w.service = me and w.partition + 0 = partitions[i] order by w.at_us, w.district, w.kind, w.subject limit at_most;
    end loop;
end $$;

create function engine.work_of(districts text[], partitions integer[]) returns table (district text, partition integer)
language plpgsql security definer set search_path = engine, pg_temp set enable_seqscan = off set enable_bitmapscan = off as $$
#variable_conflict use_column
declare me text collate "C" := session_user;
begin
    for i in 1 .. cardinality(partitions) loop
        if exists (select from engine.work w where w.service = me and w.partition = partitions[i] and w.district = districts[i] collate "C") then
            return query select districts[i], partitions[i];
        end if;
    end loop;
end $$;

create function engine.held_of(partitions integer[]) returns table (partition integer, district text, subject text, wanted boolean)
language plpgsql security definer set search_path = engine, pg_temp set enable_seqscan = off set enable_bitmapscan = off as $$
#variable_conflict use_column
declare me text collate "C" := session_user;
begin
    for i in 1 .. cardinality(partitions) loop
        return query select partitions[i], k.district, k.subject, bool_or(k.wanted) from engine.parked k
                      where k.service = me and k.partition = partitions[i] group by k.district, k.subject;
    end loop;
end $$;

create function engine.last_turns(partitions integer[]) returns table (partition integer, turn bigint, producer text)
language plpgsql security definer set search_path = engine, pg_temp set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off as $$
#variable_conflict use_column
declare me text collate "C" := session_user;
begin
    for i in 1 .. cardinality(partitions) loop
        return query select t.partition, t.turn, t.producer from engine.turn t where t.consumer = me and t.partition = partitions[i]
                      order by t.turn desc limit 1;
    end loop;
end $$;

-- As in 020, which let the planner sort all that is old.
create or replace function engine.purge_answers(before timestamptz, at_most integer) returns bigint
language plpgsql security definer set search_path = engine, pg_temp set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off as $$
declare n bigint; me text := session_user;
begin
    delete from engine.answer where ctid = any(array(
        select a.ctid from engine.answer a where a.service = me and a.at_us < before order by a.at_us limit at_most for update skip locked));
    get diagnostics n = row_count;
    return n;
end $$;

revoke execute on function engine.due_timers(integer[], timestamptz[], timestamptz, integer), engine.next_timers(integer[], timestamptz[]),
       engine.some_work(integer[], integer), engine.work_of(text[], integer[]), engine.held_of(integer[]), engine.last_turns(integer[]) from public;
