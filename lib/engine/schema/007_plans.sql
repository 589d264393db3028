-- plans: what every batch calls, in plpgsql, which keeps plans; a function in SQL is parsed and planned at each call.

-- The fence, in the order in which the partitions are given: ascending, so that no two owners wait for each other.
create or replace function engine.advance(partitions integer[], epochs bigint[], seqs bigint[], next_seqs bigint[], hashes bytea[], nows timestamptz[])
returns void language plpgsql security definer set search_path = engine, pg_temp as $$
declare lost text := '';
begin
    for i in 1 .. cardinality(partitions) loop
        update engine.head h
           set seq = next_seqs[i], hash = hashes[i], now_us = greatest(h.now_us, nows[i]), starts = 0, trying = ''
         where h.service = session_user and h.partition = partitions[i] and h.epoch = epochs[i] and h.seq = seqs[i];
        if not found then
            lost := lost || ' ' || partitions[i];
        end if;
    end loop;
    if lost <> '' then
        raise exception 'fenced' using errcode = 'ZF001', detail = ltrim(lost);
    end if;
end $$;

create or replace function engine.move_cursors(partitions integer[], producers text[], seqs bigint[], hashes bytea[])
returns void language plpgsql security definer set search_path = engine, pg_temp as $$
begin
    insert into engine.cursor as c (consumer, partition, producer, seq, hash)
    select session_user, u.p, u.producer, u.seq, u.hash from unnest(partitions, producers, seqs, hashes) as u(p, producer, seq, hash)
     order by u.p, u.producer
        on conflict (consumer, partition, producer) do update set seq = excluded.seq, hash = excluded.hash;
end $$;

create or replace function engine.take_turns(partitions integer[], turns bigint[], producers text[]) returns void
language plpgsql security definer set search_path = engine, pg_temp as $$
begin
    insert into engine.turn (consumer, partition, turn, producer)
    select session_user, u.p, u.t, u.producer from unnest(partitions, turns, producers) as u(p, t, producer);
end $$;
