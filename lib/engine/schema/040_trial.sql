-- trial: dry runs are answered beside the owner, and what has a key is kept by whoever answered it.
--
-- So two may come to keep an answer under one key: who is later rolls back and runs again, and then finds what was kept.

create or replace function engine.keep_answers(districts text[], accounts text[], keys text[], fingerprints bytea[], statuses integer[], bodies bytea[], ats timestamptz[])
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
    raise exception 'an answer is kept under this key already' using errcode = 'serialization_failure';
end $$;
