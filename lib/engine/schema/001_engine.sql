-- engine: what every service's loop needs, once for the installation.  Owned by the migrator; run by it, once.
-- Each service sees and changes only its own rows (row-level security by login role); heads and cursors are open to all,
-- because "have I read what was acknowledged?" (catching up) and /progress are questions across services.
-- Instants are timestamptz; positions in event logs are bigint.

create schema engine;

create table engine.consumes (consumer text, producer text, primary key (consumer, producer));

-- A district, its partition (kept for ever), since when.  Inserted by roster together with the district's first event.
create table engine.district (
    district text collate "C" primary key check (district ~ '^[0-9]{6}$'),
    partition integer not null check (partition between 0 and 63),
    opened_us timestamptz not null
);

-- The hand-set clock (ZHUCUN_CLOCK=manual); no row: real time.
create table engine.clock (
    one boolean primary key default true check (one),
    now_us timestamptz not null
);

-- The fence: one row per (service, partition), compared and swapped inside every batch transaction.
create table engine.head (
    service text collate "C", partition integer,
    epoch bigint not null, seq bigint not null, hash bytea not null,
    now_us timestamptz not null,            -- latest instant its owner has decided at; a hand-set clock seen
    owner text not null, heard_us timestamptz not null,
    starts integer not null default 0,      -- takeovers since a batch last committed: from the third on inputs run singly
    trying text not null default '',        -- the input being run singly; whoever finds it at takeover knows what killed the last owner
    primary key (service, partition)
) with (fillfactor = 40);

create table engine.cursor (
    consumer text collate "C", partition integer, producer text collate "C",
    seq bigint not null, hash bytea not null,
    primary key (consumer, partition, producer)
) with (fillfactor = 40);

-- Idempotency keys with the answers given (own).
create table engine.answer (
    district text collate "C", account text collate "C", key text collate "C",
    service text not null, fingerprint bytea not null, status integer not null, body bytea not null, at_us timestamptz not null,
    primary key (district, account, key)
);
create index answer_age on engine.answer (service, at_us);

create table engine.timer (
    service text collate "C", partition integer, district text collate "C", kind text collate "C", subject text collate "C",
    due_us timestamptz not null,
    primary key (service, partition, district, kind, subject)
);
create index timer_due on engine.timer (service, partition, due_us);

-- Subjects to look at again.  cause: the event that asked for it.
create table engine.work (
    service text collate "C", partition integer, district text collate "C", kind text collate "C", subject text collate "C",
    cause text not null, trace text not null, at_us timestamptz not null,
    primary key (service, partition, district, kind, subject)
);

-- Inputs put aside, with the reason; later ones of the same subject queue behind them.
create table engine.parked (
    service text collate "C", partition integer, producer text collate "C", seq bigint,
    district text not null, subject text not null, type text not null, body bytea not null,
    reason text not null, parked_us timestamptz not null,
    primary key (service, partition, producer, seq)
);

-- ---- what owners may do

-- Take partitions over: epoch + 1, committed by the caller before it serves.  The caller holds the advisory locks.
create function engine.take(partitions integer[], instance text)
returns table (partition integer, epoch bigint, seq bigint, hash bytea, now_us timestamptz, starts integer, trying text)
language sql security definer set search_path = engine, pg_temp as $$
    insert into engine.head as h (service, partition, epoch, seq, hash, now_us, owner, heard_us, starts)
    select session_user, p, 1, 0, '\x'::bytea, 'epoch', instance, clock_timestamp(), 1
      from unnest(partitions) as p order by p
        on conflict (service, partition) do update
       set epoch = h.epoch + 1, owner = excluded.owner, heard_us = excluded.heard_us, starts = h.starts + 1
    returning h.partition, h.epoch, h.seq, h.hash, h.now_us, h.starts, h.trying
$$;

-- The fence of a batch.  Raises ZF001 (detail: partitions) unless every head still is what its
-- owner believes; an UPDATE that matched no row would be no error in a pipeline and the COMMIT would run.
create function engine.advance(partitions integer[], epochs bigint[], seqs bigint[], next_seqs bigint[], hashes bytea[], nows timestamptz[])
returns void language plpgsql security definer set search_path = engine, pg_temp as $$
declare lost text;
begin
    perform 1 from engine.head h where h.service = session_user and h.partition = any(partitions) order by h.partition for update;
    with wanted as (select * from unnest(partitions, epochs, seqs, next_seqs, hashes, nows) as w(partition, epoch, seq, next_seq, hash, now_us)),
         moved as (
        update engine.head h
           set seq = w.next_seq, hash = w.hash, now_us = greatest(h.now_us, w.now_us), starts = 0, trying = ''
          from wanted w
         where h.service = session_user and h.partition = w.partition and h.epoch = w.epoch and h.seq = w.seq
        returning h.partition)
    select string_agg(w.partition::text, ' ') into lost from wanted w where w.partition not in (select m.partition from moved m);
    if lost is not null then
        raise exception 'fenced' using errcode = 'ZF001', detail = lost;
    end if;
end $$;

-- After advance(), in the same transaction: the fence row is locked, so nobody else moves them.
create function engine.move_cursors(partitions integer[], producers text[], seqs bigint[], hashes bytea[])
returns void language sql security definer set search_path = engine, pg_temp as $$
    insert into engine.cursor as c (consumer, partition, producer, seq, hash)
    select session_user, u.p, u.producer, u.seq, u.hash from unnest(partitions, producers, seqs, hashes) as u(p, producer, seq, hash)
     order by u.p, u.producer
        on conflict (consumer, partition, producer) do update set seq = excluded.seq, hash = excluded.hash
$$;

-- In a transaction of its own, before an input is run singly.
create function engine.trying(of_partition integer, input text) returns void
language sql security definer set search_path = engine, pg_temp as $$
    update engine.head set trying = input where service = session_user and partition = of_partition
$$;

-- Store answers with their keys.  Raises ZK001 (detail: the keys) when another service holds one: the scope of a key is
-- district × account, whatever the route.
create function engine.keep_answers(districts text[], accounts text[], keys text[], fingerprints bytea[], statuses integer[], bodies bytea[], ats timestamptz[])
returns void language plpgsql security definer set search_path = engine, pg_temp as $$
declare kept bigint; taken text;
begin
    insert into engine.answer (district, account, key, service, fingerprint, status, body, at_us)
    select u.d, u.a, u.k, session_user, u.f, u.s, u.b, u.t from unnest(districts, accounts, keys, fingerprints, statuses, bodies, ats) as u(d, a, k, f, s, b, t)
        on conflict do nothing;
    get diagnostics kept = row_count;
    if kept = cardinality(keys) then
        return;
    end if;
    select string_agg(u.d || ' ' || u.a || ' ' || u.k, E'\n') into taken
      from unnest(districts, accounts, keys) as u(d, a, k)
      join engine.answer a on a.district = u.d and a.account = u.a and a.key = u.k and a.service <> session_user;
    if taken is not null then
        raise exception 'idempotency key taken' using errcode = 'ZK001', detail = taken;
    end if;
    raise exception 'an answer was kept twice';         -- the fence lets only one owner come here
end $$;

-- Forward only; null when it would go backwards or when the clock is not hand-set.  Owners hear of it at once.
create function engine.advance_clock(to_us timestamptz) returns timestamptz
language plpgsql security definer set search_path = engine, pg_temp as $$
declare was timestamptz;
begin
    select now_us into was from engine.clock for update;
    if was is null or to_us < was then return null; end if;
    update engine.clock set now_us = to_us;
    perform pg_notify('zhucun_clock', (extract(epoch from to_us) * 1000000)::bigint::text);
    return to_us;
end $$;

-- ---- who sees what

alter table engine.answer enable row level security;
alter table engine.timer enable row level security;
alter table engine.work enable row level security;
alter table engine.parked enable row level security;
create policy own on engine.answer using (service = current_user) with check (service = current_user);
create policy own on engine.timer using (service = current_user) with check (service = current_user);
create policy own on engine.work using (service = current_user) with check (service = current_user);
create policy own on engine.parked using (service = current_user) with check (service = current_user);

-- /progress, in one snapshot.  Owned by the migrator, so it counts every service's rows and shows nobody's.
create view engine.edge as
    select h.service as producer, c.consumer, h.partition, h.seq as head, coalesce(k.seq, 0) as cursor
      from engine.head h join engine.consumes c on c.producer = h.service
      left join engine.cursor k on k.consumer = c.consumer and k.producer = h.service and k.partition = h.partition;

create function engine.lag(p integer) returns bigint language sql stable security definer set search_path = engine, pg_temp as $$
    select (select coalesce(sum(head - cursor), 0) from engine.edge where partition = p)
         + (select count(*) from engine.timer t where t.partition = p
              and t.due_us <= coalesce((select now_us from engine.clock), clock_timestamp()))
         + (select count(*) from engine.head h, engine.clock c where h.partition = p and h.now_us < c.now_us)
         + (select count(*) from engine.work w where w.partition = p)
         + (select count(*) from (select distinct consumer from engine.consumes) s       -- not even opened yet
              where exists (select 1 from engine.district d where d.partition = p)
                and not exists (select 1 from engine.head h where h.service = s.consumer and h.partition = p))
$$;
create function engine.parked_count(p integer) returns bigint language sql stable security definer set search_path = engine, pg_temp as $$
    select count(*) from engine.parked where partition = p
$$;

-- Run by the migrator after a service's schema has grown: who may do what follows from each table's comment, which is
-- 'derived' (from events alone) or 'own' (not), and 'append-only' where rows are never changed (ledger).
create function engine.guard(service text) returns void language plpgsql as $$
declare t record;
begin
    for t in select c.relname, coalesce(obj_description(c.oid, 'pg_class'), '') as said
               from pg_class c where c.relnamespace = service::regnamespace and c.relkind = 'r' and c.relname <> 'event'
    loop
        if t.said !~ '^(derived|own)( append-only)?$' then
            raise exception 'table %.%: its comment must be derived or own', service, t.relname;
        end if;
        execute format('grant select, insert%s on %I.%I to %I', case when t.said ~ 'append-only' then '' else ', update, delete' end,
                       service, t.relname, service);
        execute format('grant select on %I.%I to %I', service, t.relname, service || '_reader');
        execute format('alter table %I.%I enable row level security', service, t.relname);
        execute format('drop policy if exists writer on %I.%I', service, t.relname);
        execute format('drop policy if exists reader on %I.%I', service, t.relname);
        execute format('create policy writer on %I.%I to %I using (true) with check (true)', service, t.relname, service);
        execute format('create policy reader on %I.%I for select to %I using (district = current_setting(''zhucun.district'', true))',
                       service, t.relname, service || '_reader');
    end loop;
end $$;

-- A function may be called by everybody unless told otherwise, and these run with their owner's rights.
revoke execute on all functions in schema engine from public;
