-- clock: time that can be believed (lib/steady.h), who said so when it could not be told, and partitions whose time was wrong,
-- brought back.

-- ---- who lives, who holds: by sessions, not by instants, which a clock that steps puts out of order

-- The session that took it.  Null: taken before there was this column.
alter table engine.head add column pid integer;
-- What the operator accepts: it may go on although it has decided at instants up to here, or although none came for so long.
alter table engine.head add column trusted_us timestamptz not null default 'epoch';
-- How far the replica's clock is ahead of this database's, as of its last beat.
alter table engine.replica add column off_us bigint not null default 0;

create or replace view engine.holding as
    select h.service, h.partition, h.owner as instance
      from engine.head h join engine.live l on l.service = h.service and l.instance = h.owner and coalesce(l.pid = h.pid, l.since_us <= h.heard_us);

-- As in 002; its clock too.  Rows of who is gone are removed after a minute; a row that only looks old, because the clock has
-- stepped, is somebody's.
create function engine.beat(as_instance text, clock_us timestamptz) returns void
language sql security definer set search_path = engine, pg_temp as $$
    select set_config('synchronous_commit', 'off', true);
    delete from engine.replica where ctid = any(array(
        select r.ctid from engine.replica r
         where r.service = session_user and r.seen_us not between clock_timestamp() - interval '1 minute' and clock_timestamp() + interval '1 minute'
           and not exists (select from engine.live l where l.service = r.service and l.instance = r.instance) for update skip locked));
    insert into engine.replica as r (service, instance, pid, since_us, seen_us, off_us)
    values (session_user, as_instance, pg_backend_pid(), clock_timestamp(), clock_timestamp(), (extract(epoch from clock_us - clock_timestamp()) * 1000000)::bigint)
        on conflict (service, instance) do update
       set pid = excluded.pid, seen_us = excluded.seen_us, off_us = excluded.off_us,
           since_us = case when r.pid = excluded.pid then r.since_us else excluded.since_us end
$$;

-- As in 002; and by which session.
create or replace function engine.take(partitions integer[], instance text)
returns table (partition integer, epoch bigint, seq bigint, hash bytea, now_us timestamptz, starts integer, trying text)
language sql security definer set search_path = engine, pg_temp as $$
    select pg_notify('zhucun_share', '+' || session_user);
    insert into engine.head as h (service, partition, epoch, seq, hash, now_us, owner, heard_us, starts, home, pid)
    select session_user, p, 1, 0, '\x'::bytea, 'epoch', instance, clock_timestamp(), 1, instance, pg_backend_pid()
      from unnest(partitions) as p order by p
        on conflict (service, partition) do update
       set epoch = h.epoch + 1, owner = excluded.owner, heard_us = excluded.heard_us, starts = h.starts + 1, pid = excluded.pid,
           home = case when h.home = '' then excluded.home else h.home end
    returning h.partition, h.epoch, h.seq, h.hash, h.now_us, h.starts, h.trying
$$;

-- ---- what the operator said, and what was found wrong: never changed

create table engine.clock_act (
    act_id bigint generated always as identity primary key,
    what text not null check (what in ('accept', 'bring-back')),
    at_us timestamptz not null, reason text not null,
    login text not null, address text not null,             -- of the database; where he came from, '' by a socket
    os_user text not null, machine text not null            -- as his program says
);
-- Partitions that were accepted although their time was not that of the clock, or brought back.
create table engine.clock_partition (
    act_id bigint references engine.clock_act, service text collate "C", partition integer, seq bigint not null, was_us timestamptz not null,
    primary key (act_id, service, partition)
);
-- Events whose instants had not come: they stay in their logs as they are, each on record once.
create table engine.clock_event (
    service text collate "C", partition integer, seq bigint, act_id bigint not null references engine.clock_act,
    type text not null, district text not null, at_us timestamptz not null,
    primary key (service, partition, seq)
);
-- What was done to rows that held such instants (mended), and what was only found (told).
create table engine.clock_row (
    act_id bigint references engine.clock_act, service text collate "C", what text, mended boolean not null, rows bigint not null, last_us timestamptz not null,
    primary key (act_id, service, what)
);

-- What a look asks.  accepted: the operator's last word, by which the clocks are right as they are.  peers: of the other replicas that
-- live, the middle one's clock.
create view engine.clocks as
    select clock_timestamp() as database_us,
           coalesce((select max(act_id) from engine.clock_act), 0) as accepted,
           p.peers, coalesce(p.peers_off_us, 0) as peers_off_us
      from (select count(*) as peers, percentile_disc(0.5) within group (order by r.off_us) as peers_off_us
              from engine.replica r
             where r.pid <> pg_backend_pid() and r.seen_us between clock_timestamp() - interval '3 seconds' and clock_timestamp() + interval '3 seconds') as p;

create function engine.clock_said(of_what text, of_reason text, of_os_user text, of_machine text) returns bigint
language plpgsql security definer set search_path = engine, pg_temp as $$
declare act bigint;
begin
    if exists (select from engine.clock) then
        raise exception 'the clock is moved by hand here';
    end if;
    lock table engine.clock_act in share row exclusive mode;
    insert into engine.clock_act (what, at_us, reason, login, address, os_user, machine)
    values (of_what, clock_timestamp(), of_reason, session_user, coalesce(host(inet_client_addr()), ''), of_os_user, of_machine) returning act_id into act;
    return act;
end $$;

-- The clocks are right as they are now: whoever waits goes on, and whoever has stepped believes his clock again.  A partition that
-- is ahead stands still until the clock has come as far.
create function engine.accept_clock(why text, as_os_user text, on_machine text) returns bigint
language plpgsql security definer set search_path = engine, pg_temp as $$
declare act bigint := engine.clock_said('accept', why, as_os_user, on_machine);
begin
    perform 1 from engine.head order by service, partition for update;
    insert into engine.clock_partition
    select act, service, partition, seq, now_us from engine.head
     where now_us > 'epoch' and (now_us > clock_timestamp() + interval '1 minute' or greatest(now_us, trusted_us) < clock_timestamp() - interval '400 days');
    update engine.head set trusted_us = greatest(now_us, clock_timestamp())
     where now_us > 'epoch' and (now_us > clock_timestamp() + interval '1 minute' or greatest(now_us, trusted_us) < clock_timestamp() - interval '400 days');
    return act;
end $$;

-- Heads that are ahead of the clock are set to it; their owners, if they have any, are fenced and begin anew.  What was dated
-- wrongly is put on record.  What holds such instants and is no event is mended where it can be: answers keep their keys for the
-- time promised from now, chores are done as of now, and a service's own rows by its function brought_back (services/*/schema).
-- Null: nothing is ahead.
create function engine.bring_back(why text, as_os_user text, on_machine text) returns bigint
language plpgsql security definer set search_path = engine, pg_temp as $$
declare
    act bigint; s record; n bigint; found_any boolean; here timestamptz := clock_timestamp(); limit_us timestamptz := clock_timestamp() + interval '1 minute';
begin
    act := engine.clock_said('bring-back', why, as_os_user, on_machine);
    perform 1 from engine.head where now_us > limit_us order by service, partition for update;
    insert into engine.clock_partition select act, service, partition, seq, now_us from engine.head where now_us > limit_us;
    found_any := found;
    for s in select distinct consumer as service from engine.consumes union select distinct producer from engine.consumes order by 1 loop
        execute format('insert into engine.clock_event (service, partition, seq, act_id, type, district, at_us)
                        select %L, partition, seq, $1, type, district, at_us from %I.event where at_us > $2 on conflict do nothing', s.service, s.service) using act, limit_us;
        get diagnostics n = row_count;
        found_any := found_any or n > 0;
    end loop;
    if not found_any then
        delete from engine.clock_act where act_id = act;
        return null;
    end if;
    update engine.head h set now_us = here, trusted_us = 'epoch', epoch = h.epoch + 1, owner = '', pid = null
     where exists (select from engine.clock_partition p where p.act_id = act and p.service = h.service and p.partition = h.partition);
    insert into engine.clock_row select act, service, 'answer', true, count(*), max(at_us) from engine.answer where at_us > limit_us group by service;
    update engine.answer set at_us = here where at_us > limit_us;
    insert into engine.clock_row select act, service, 'work', true, count(*), max(at_us) from engine.work where at_us > limit_us group by service;
    update engine.work set at_us = here where at_us > limit_us;
    for s in select n.nspname::text as service from pg_proc f join pg_namespace n on n.oid = f.pronamespace where f.proname = 'brought_back' order by 1 loop
        execute format('insert into engine.clock_row select $1, %L, b.what, b.mended, b.rows, b.last_us from %I.brought_back($2) as b where b.rows > 0', s.service, s.service)
          using act, here;
    end loop;
    -- Timers set by what was dated wrongly are due after it, like others that are due so late: told, not touched.
    insert into engine.clock_row
    select act, t.service, 'timer ' || t.kind, false, count(*), max(t.due_us)
      from engine.timer t
      join (select partition, min(at_us) as from_us from engine.clock_event where act_id = act group by partition) as w on w.partition = t.partition
     where t.due_us >= w.from_us
     group by t.service, t.kind;
    perform pg_notify('zhucun_share', '-' || service) from engine.clock_partition where act_id = act group by service;
    return act;
end $$;

alter table engine.clock_act enable row level security;
alter table engine.clock_partition enable row level security;
alter table engine.clock_event enable row level security;
alter table engine.clock_row enable row level security;
create policy operator on engine.clock_act for select to operator using (true);
create policy operator on engine.clock_partition for select to operator using (true);
create policy operator on engine.clock_event for select to operator using (true);
create policy operator on engine.clock_row for select to operator using (true);
grant select on engine.clock_act, engine.clock_partition, engine.clock_event, engine.clock_row, engine.clocks to operator;
revoke execute on function engine.beat(text, timestamptz), engine.clock_said(text, text, text, text),
       engine.accept_clock(text, text, text), engine.bring_back(text, text, text) from public;
grant execute on function engine.accept_clock(text, text, text), engine.bring_back(text, text, text) to operator;
