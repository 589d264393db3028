-- operator: what zhucunctl may see.  Event logs, positions and derived tables of all districts; no names, accounts, sessions,
-- notes or kept answers, which stand in tables of the services' own.  It changes nothing but what a function here lets it.

grant usage on schema engine to operator;
grant select on engine.consumes, engine.district, engine.clock, engine.head, engine.cursor, engine.edge, engine.replica, engine.live,
      engine.holding, engine.parked, engine.timer, engine.work to operator;
grant execute on function engine.lag(integer), engine.parked_count(integer) to operator;
create policy operator on engine.parked for select to operator using (true);
create policy operator on engine.timer for select to operator using (true);
create policy operator on engine.work for select to operator using (true);

-- After engine.guard(): run by the migrator when a service's schema has grown.
create function engine.show_operator(service text) returns void language plpgsql as $$
declare t record;
begin
    execute format('grant usage on schema %I to operator', service);
    execute format('grant select on %I.event to operator', service);
    for t in select c.relname, c.relkind from pg_class c
              where c.relnamespace = service::regnamespace
                and (c.relkind = 'v' or (c.relkind = 'r' and obj_description(c.oid, 'pg_class') ~ '^derived'))
    loop
        execute format('grant select on %I.%I to operator', service, t.relname);
        if t.relkind = 'r' then
            execute format('drop policy if exists operator on %I.%I', service, t.relname);
            execute format('create policy operator on %I.%I for select to operator using (true)', service, t.relname);
        end if;
    end loop;
end $$;
revoke execute on function engine.show_operator(text) from public;
