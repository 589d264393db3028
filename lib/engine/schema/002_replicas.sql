-- replicas: which of a service's replicas live, and what each holds.
--
-- A replica lives while the session stands by which it said so last: the advisory locks of its partitions are held by that
-- session, so who is dead and what is free is the same question.  The server ends the session of a process that has died
-- (client_connection_check_interval) or says nothing for three seconds (idle_session_timeout, deploy/roles.sql).

create table engine.replica (
    service text collate "C", instance text collate "C",
    pid integer not null,                   -- of its writer's session
    since_us timestamptz not null,          -- when that session began to hold anything
    seen_us timestamptz not null,           -- said by its loop, not by its connection
    primary key (service, instance)
) with (fillfactor = 50);

-- To whom a partition goes back when all are there again; '' nobody, the next who takes it.
alter table engine.head add column home text not null default '';

create view engine.live as
    select r.service, r.instance, r.since_us, r.seen_us, r.pid
      from engine.replica r
      join pg_stat_get_activity(null) a on a.pid = r.pid and a.usesysid = (select oid from pg_roles where rolname = r.service)
       and a.datid = (select oid from pg_database where datname = current_database());

-- What was taken by an earlier session of the same name is not held.
create view engine.holding as
    select h.service, h.partition, h.owner as instance
      from engine.head h join engine.live l on l.service = h.service and l.instance = h.owner and l.since_us <= h.heard_us;

-- Said at the start of a session and every second or so.  Losing the last one does not matter: nobody waits for the disk.
create function engine.beat(as_instance text) returns void
language sql security definer set search_path = engine, pg_temp as $$
    select set_config('synchronous_commit', 'off', true);
    delete from engine.replica where ctid = any(array(
        select ctid from engine.replica where service = session_user and seen_us < clock_timestamp() - interval '1 minute' for update skip locked));
    insert into engine.replica as r (service, instance, pid, since_us, seen_us)
    values (session_user, as_instance, pg_backend_pid(), clock_timestamp(), clock_timestamp())
        on conflict (service, instance) do update
       set pid = excluded.pid, seen_us = excluded.seen_us, since_us = case when r.pid = excluded.pid then r.since_us else excluded.since_us end
$$;

-- As in 001; and whoever reads this service's events hears at once that they come from somebody else now.
create or replace function engine.take(partitions integer[], instance text)
returns table (partition integer, epoch bigint, seq bigint, hash bytea, now_us timestamptz, starts integer, trying text)
language sql security definer set search_path = engine, pg_temp as $$
    select pg_notify('zhucun_share', '+' || session_user);
    insert into engine.head as h (service, partition, epoch, seq, hash, now_us, owner, heard_us, starts, home)
    select session_user, p, 1, 0, '\x'::bytea, 'epoch', instance, clock_timestamp(), 1, instance
      from unnest(partitions) as p order by p
        on conflict (service, partition) do update
       set epoch = h.epoch + 1, owner = excluded.owner, heard_us = excluded.heard_us, starts = h.starts + 1,
           home = case when h.home = '' then excluded.home else h.home end
    returning h.partition, h.epoch, h.seq, h.hash, h.now_us, h.starts, h.trying
$$;

-- Give partitions back, between two batches; the caller releases their locks in the same transaction.  For good: another
-- replica is to have them, and to be their home if they were at home here; else the caller only leaves, and nobody is to count on it.  The others hear of it at once.
create function engine.give(partitions integer[], epochs bigint[], for_good boolean) returns void
language sql security definer set search_path = engine, pg_temp as $$
    update engine.head h set owner = '', starts = 0, home = case when for_good and h.home = h.owner then '' else h.home end
      from unnest(partitions, epochs) as g(p, e)
     where h.service = session_user and h.partition = g.p and h.epoch = g.e;
    delete from engine.replica where not for_good and service = session_user and pid = pg_backend_pid();
    select pg_notify('zhucun_share', '-' || session_user)
$$;

revoke execute on function engine.beat(text), engine.give(integer[], bigint[], boolean) from public;
