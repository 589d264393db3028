-- growth: what is done with what grows is done in slices, and what is counted is found by an index.

-- A chore that is long is done slice by slice: what is left of it, in units of its own.  Both 0: it has no parts.
alter table engine.work add span_from bigint not null default 0, add span_until bigint not null default 0;
alter table engine.ran add span_from bigint not null default 0, add span_until bigint not null default 0;

create function engine.work_moved(partitions integer[], districts text[], kinds text[], subjects text[], froms bigint[]) returns void
language plpgsql security definer set search_path = engine, pg_temp as $$
begin
    for i in 1 .. cardinality(partitions) loop
        update engine.work set span_from = froms[i]
         where service = session_user and partition = partitions[i] and district = districts[i] and kind = kinds[i] and subject = subjects[i];
    end loop;
end $$;

create function engine.note_ran(partitions integer[], turns bigint[], own_seqs bigint[], kinds text[], names text[], seqs bigint[], districts text[],
                                subjects text[], causes text[], traces text[], ats timestamptz[], froms bigint[], untils bigint[]) returns void
language sql security definer set search_path = engine, pg_temp as $$
    insert into engine.ran (service, partition, turn, own_seq, kind, name, seq, district, subject, cause, trace, at_us, span_from, span_until)
    select session_user, u.p, u.t, u.o, u.k, u.n, u.s, u.d, u.sub, u.c, u.tr, u.a, u.f, u.un
      from unnest(partitions, turns, own_seqs, kinds, names, seqs, districts, subjects, causes, traces, ats, froms, untils) with ordinality
           as u(p, t, o, k, n, s, d, sub, c, tr, a, f, un, place)
     order by u.place
$$;

-- The oldest of those that are older than is promised, so many at once; how many there were.  One statement for all of them would in
-- the end be one that never ends in time, and be begun again each hour.  (In plpgsql, without the policies of the table, which would be
-- planned for when it is empty; `order by` leads to the index.)
create function engine.purge_answers(before timestamptz, at_most integer) returns bigint
language plpgsql security definer set search_path = engine, pg_temp set enable_seqscan = off as $$
declare n bigint;
begin
    delete from engine.answer where ctid = any(array(
        select a.ctid from engine.answer a where a.service = session_user and a.at_us < before order by a.at_us limit at_most for update skip locked));
    get diagnostics n = row_count;
    return n;
end $$;

-- As in 001 and 003, but by the keys of the partitions that there are, so that neither looks at what is not due.
create or replace function engine.parked_count(p integer) returns bigint language sql stable security definer set search_path = engine, pg_temp as $$
    select coalesce(sum(d.n), 0)::bigint
      from engine.head h
     cross join lateral (select count(*) as n from engine.parked k where k.service = h.service and k.partition = p offset 0) as d
     where h.partition = p
$$;

create or replace function engine.status()
returns table (service text, partitions bigint, unowned bigint, parked bigint, timers_due bigint, work_queued bigint)
language sql stable security definer set search_path = engine, pg_temp as $$
    select s.consumer, opened.n,
           opened.n - (select count(*) from engine.holding g where g.service = s.consumer),
           (select count(*) from engine.parked p where p.service = s.consumer),
           (select coalesce(sum(d.n), 0)::bigint
              from engine.head h
             cross join lateral (select count(*) as n from engine.timer t where t.service = h.service and t.partition + 0 = h.partition
                                    and t.due_us <= coalesce((select now_us from engine.clock), statement_timestamp()) offset 0) as d
             where h.service = s.consumer),
           (select count(*) from engine.work w where w.service = s.consumer)
      from (select distinct consumer from engine.consumes) as s, (select count(distinct partition) as n from engine.district) as opened
     order by s.consumer
$$;

revoke execute on function engine.work_moved(integer[], text[], text[], text[], bigint[]), engine.purge_answers(timestamptz, integer),
       engine.note_ran(integer[], bigint[], bigint[], text[], text[], bigint[], text[], text[], text[], text[], timestamptz[], bigint[], bigint[]) from public;
