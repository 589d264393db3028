-- order: in what order a service did what it did, so that its derived tables can be made again from the event logs alone; and
-- trying again what was put aside.
--
-- An own event says what had been read before it (Event.after).  What that leaves open stands here: how the logs of several
-- producers were interleaved between two own events, and what changed tables without being an event in its turn.

-- A consumer's turn is how many events it has read, of all producers together.  From this turn until the next row's it read
-- this producer; a row is written when it changes.
create table engine.turn (
    consumer text collate "C", partition integer, turn bigint, producer text collate "C" not null,
    primary key (consumer, partition, turn)
);

-- Timers and chores that changed tables by themselves (not by an event), and events that were tried again; each ran when
-- `turn` events had been read and `own_seq` own events said.
create table engine.ran (
    place bigint generated always as identity,
    service text collate "C", partition integer, turn bigint not null, own_seq bigint not null,
    kind text not null check (kind in ('timer', 'chore', 'retry')), name text collate "C" not null, seq bigint not null,
    district text not null, subject text not null, cause text not null, trace text not null, at_us timestamptz not null,
    primary key (service, partition, place)
);

alter table engine.parked add turn bigint not null default 0, add wanted boolean not null default false;
create index parked_wanted on engine.parked (service, partition) where wanted;

-- ---- what owners may do; each after advance(), in the same transaction

create function engine.take_turns(partitions integer[], turns bigint[], producers text[]) returns void
language sql security definer set search_path = engine, pg_temp as $$
    insert into engine.turn (consumer, partition, turn, producer)
    select session_user, u.p, u.t, u.producer from unnest(partitions, turns, producers) as u(p, t, producer)
$$;

create function engine.note_ran(partitions integer[], turns bigint[], own_seqs bigint[], kinds text[], names text[], seqs bigint[], districts text[],
                                subjects text[], causes text[], traces text[], ats timestamptz[]) returns void
language sql security definer set search_path = engine, pg_temp as $$
    insert into engine.ran (service, partition, turn, own_seq, kind, name, seq, district, subject, cause, trace, at_us)
    select session_user, u.p, u.t, u.o, u.k, u.n, u.s, u.d, u.sub, u.c, u.tr, u.a
      from unnest(partitions, turns, own_seqs, kinds, names, seqs, districts, subjects, causes, traces, ats) with ordinality
           as u(p, t, o, k, n, s, d, sub, c, tr, a, place)
     order by u.place
$$;

-- It has run: what waits behind it is next.
create function engine.retried(of_partition integer, of_producer text, of_seq bigint) returns void
language sql security definer set search_path = engine, pg_temp as $$
    with gone as (delete from engine.parked where service = session_user and partition = of_partition and producer = of_producer and seq = of_seq
                  returning district, subject)
    update engine.parked k set wanted = true from gone
     where k.service = session_user and k.partition = of_partition and k.district = gone.district and k.subject = gone.subject
       and not (k.producer = of_producer and k.seq = of_seq)
$$;

-- It cannot be run now either: it stays, and so does what waits behind it.
create function engine.refused(of_partition integer, of_producer text, of_seq bigint, why text) returns void
language sql security definer set search_path = engine, pg_temp as $$
    update engine.parked k set wanted = false, reason = case when k.producer = of_producer and k.seq = of_seq then why else k.reason end
      from engine.parked r
     where r.service = session_user and r.partition = of_partition and r.producer = of_producer and r.seq = of_seq
       and k.service = r.service and k.partition = r.partition and k.district = r.district and k.subject = r.subject
$$;

-- ---- what the operator may do

-- Asks the owner to run a parked input again, with everything of its subject in order; it does so when it looks around next.
-- '' and -1 ask for any.
create function engine.retry(of_service text, of_partition integer, of_producer text, of_seq bigint, of_district text) returns setof engine.parked
language sql security definer set search_path = engine, pg_temp as $$
    update engine.parked k set wanted = true
     where exists (select from engine.parked r
                    where r.service = k.service and r.partition = k.partition and r.district = k.district and r.subject = k.subject
                      and (of_service = '' or r.service = of_service) and (of_partition < 0 or r.partition = of_partition)
                      and (of_producer = '' or r.producer = of_producer) and (of_seq < 0 or r.seq = of_seq)
                      and (of_district = '' or r.district = of_district))
    returning k.*
$$;

alter table engine.turn enable row level security;
alter table engine.ran enable row level security;
create policy own on engine.turn for select using (consumer = current_user);
create policy operator on engine.turn for select to operator using (true);
create policy operator on engine.ran for select to operator using (true);
grant select on engine.turn, engine.ran to operator;
revoke execute on function engine.take_turns(integer[], bigint[], text[]), engine.retried(integer, text, bigint), engine.refused(integer, text, bigint, text),
       engine.note_ran(integer[], bigint[], bigint[], text[], text[], bigint[], text[], text[], text[], text[], timestamptz[]),
       engine.retry(text, integer, text, bigint, text) from public;
grant execute on function engine.retry(text, integer, text, bigint, text) to operator;
