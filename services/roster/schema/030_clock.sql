-- clock: what roster holds of instants that have not come, when its time is brought back (engine.bring_back).  Sessions that would
-- outlast any end are over; failures to log in, and successes, count from now on.

create function brought_back(here timestamptz) returns table (what text, mended boolean, rows bigint, last_us timestamptz)
language plpgsql set search_path = roster, pg_temp as $$
begin
    return query
    with gone as (delete from session s where s.expires_at_us > here + interval '12 hours 1 minute' returning s.district, s.account_id, s.token_sha256, s.expires_at_us),
         unset as (delete from engine.timer t using gone g
                    where t.service = 'roster' and t.district = g.district and t.kind = 'session_ends' and t.subject = g.account_id || '/' || g.token_sha256)
    select 'session', true, count(*), max(g.expires_at_us) from gone g;
    return query
    select 'login_try', true, count(*), max(greatest(t.failed_at_us, t.known_at_us)) from login_try t
     where greatest(t.failed_at_us, t.known_at_us) > here + interval '1 minute';
    update login_try t set failed_at_us = least(t.failed_at_us, here), known_at_us = least(t.known_at_us, here)
     where greatest(t.failed_at_us, t.known_at_us) > here + interval '1 minute';
    -- They look again at once, and see when they are to look next.
    update engine.timer t set due_us = here where t.service = 'roster' and t.kind = 'failures_forgotten' and t.due_us > here + interval '31 days';
end $$;
revoke execute on function brought_back(timestamptz) from public;
