-- What districts there are, for anybody who would log in: their ids and names, and nothing else of them.  A reader sees no
-- district but the one that is asked about, so this looks for it.
create function public_districts() returns table (id text, name text)
language sql stable security definer set search_path = roster, pg_temp as $$
    select district, name from district order by district limit 3000
$$;
revoke all on function public_districts() from public;
grant execute on function public_districts() to :"reader";
