-- login.sql - what the login that runs this can do, by trying it on everything that stands in the catalogue.  Whatever it did is undone.
-- In: test.service, whose login it is, or operator; test.reader, whether its reader's; test.engine, "table:siud …", what it may do
-- there; test.calls, "function …", what it may call there.
-- Out: a FAIL for each thing that is not as wanted, and how many were tried.
set client_min_messages = notice;
set default_transaction_read_only = off;        -- a reader's own wish, which it can take back: what holds are grants

do $$
declare
    me constant text := current_setting('test.service');
    reader constant boolean := current_setting('test.reader')::boolean;
    operator constant boolean := me = 'operator';
    home constant text := case when operator then 'roster' else me end;         -- what it has most to do with
    r record;
    got text;
    n bigint;
    tried integer := 0;
begin
    for r in
        with relation as (
            select s.nspname as s, c.relname as t, c.relkind, format('%I.%I', s.nspname, c.relname) as name,
                   (select array_agg(quote_ident(attname) order by attnum) from pg_attribute
                     where attrelid = c.oid and attnum > 0 and not attisdropped and attidentity = '' and attgenerated = '') as cols,
                   exists (select from pg_attribute where attrelid = c.oid and attname = 'district') as has_district,
                   c.relname = 'event' or coalesce(obj_description(c.oid, 'pg_class'), '') ~ 'append-only' as append_only,
                   s.nspname not in ('engine', 'public') and
                       (c.relname = 'event' or c.relkind = 'v' or coalesce(obj_description(c.oid, 'pg_class'), '') ~ '^derived') as from_events
              from pg_class c join pg_namespace s on s.oid = c.relnamespace
             where c.relkind in ('r', 'p', 'v', 'm', 'f') and s.nspname !~ '^pg_|^information_schema$'),
        deed (letter, form) as (values
            ('s', 'select 1 from %1$s limit 1'), ('i', 'insert into %1$s default values'), ('u', 'update %1$s set %2$s = %2$s'),
            ('d', 'delete from %1$s'), ('t', 'truncate %1$s'), ('l', 'lock table %1$s in access exclusive mode')),
        allowed as (        -- what is not for anybody to refuse
            select name, letter from relation, deed
             where (s = me and not reader and letter in ('s', 'i', 'u', 'd', 'l') and not (append_only and letter in ('u', 'd', 'l')))
                or (s = me and reader and letter = 's')
                or (operator and from_events and letter = 's')
                or (s = 'engine' and current_setting('test.engine') || ' ' ~ (t || ':[siud]*' || letter)))
        -- everything else there is, is refused
        select '' as district, '' as partitions, 'refused' as want, format(form, name, col) as stmt
          from relation, deed, unnest(case when letter = 'u' and relkind <> 'v' then cols else cols[1:1] end) as col
         where (name, letter) not in (select name, letter from allowed) and not (letter = 't' and relkind <> 'r') and not (letter = 'l' and s = 'engine')
        union all
        select '', '', 'refused', format('select %I.%I(%s)', n.nspname, p.proname,
                   (select string_agg('null::' || format_type(a, null), ', ' order by k) from unnest(p.proargtypes) with ordinality as u(a, k)))
          from pg_proc p join pg_namespace n on n.oid = p.pronamespace
         where n.nspname !~ '^pg_|^information_schema$'
           and not (n.nspname = 'engine' and p.proname::text = any(string_to_array(current_setting('test.calls'), ' ')))
           and not (n.nspname = me and reader and p.proname in ('sealed_is', 'sealed_units', 'sealed_known', 'public_districts'))   -- its policies call them, it does
        union all   -- that these are, is not because nothing works
        select '', '', 'done', format('select 1 from %I.event limit 1', home)
        union all
        select '', '', case when reader or operator then 'refused' else 'done' end,
               format('insert into %I.event values (1, 77, '''', '''', ''511700'', now(), '''')', home)
        union all   -- a reader sees the district that it was told, and none when it was told none
        -- (what nobody but its service counts by is shown to no reader)
        select d, '', case when d = '511700' and t <> 'secret' and name <> 'accountability.decision' then '1' else '0' end,
               format('select count(*) from %s', name)
          from relation, unnest(array['', '511700', '999999']) as d
         where reader and s = me and has_district and relkind = 'r'
        union all   -- of what may be sealed nothing, when it is not said for whom
        select '511700', 'nobody', '0', format('select count(*) from %s', name)
          from relation where reader and name in ('supervision.finding', 'accountability.finding', 'accountability.measure', 'alerts.alert') and s = me
        union all
        select d, '', '0', format('select count(*) from %s where district <> ''511700''', name)
          from relation, unnest(array['', '511700']) as d where reader and s = me and has_district
        union all
        select '', '', '0', format('select count(*) from %s', name) from relation where reader and s = me
        union all   -- and of the log also the partitions
        select '', p, w, format('select count(*) from %I.event', me)
          from (values ('1', '1'), ('2', '1'), ('1,2', '2'), ('3', '0')) as k(p, w) where reader
        union all   -- the engine's rows of others are not there for who sees his own
        select '', '', w, format('select count(*) from engine.%s where service %s %L', t, op, me)
          from unnest(array['answer', 'timer', 'work', 'parked']) as t, (values ('=', '2'), ('<>', '0')) as k(op, w)
         where not reader and not operator
        union all
        select '', '', 'refused', format(stmt, case me when 'roster' then 'funding' else 'roster' end)
          from unnest(array['insert into engine.timer values (%L, 9, ''511700'', ''k'', ''s'', now())',
                            'insert into engine.work values (%L, 9, ''511700'', ''k'', ''s'', '''', '''', now())',
                            'insert into engine.parked values (%L, 9, ''p'', 1, ''511700'', ''s'', ''t'', '''', '''', now())',
                            'update engine.timer set service = %L']) as stmt where not reader
        union all   -- the operator sees of every service and district what events tell, and what lies put aside, which he may ask for again
        select '', '', '2', format('select count(*) from %s', name) from relation where operator and from_events and has_district and relkind = 'r'
        union all
        select '', '', '14', format('select count(*) from %s', name)
          from unnest(array['engine.timer', 'engine.work', 'engine.parked', 'engine.retry('''', -1, '''', -1, '''')']) as name where operator
        union all   -- and nothing that says who somebody is, lets him in, or was told in confidence; whatever the comment of its table says
        select '', '', 'refused', 'select 1 from ' || name
          from unnest(array['roster.identity', 'roster.account', 'roster.account_phone', 'roster.session', 'roster.login_try',
                            'attendance.checkin', 'supervision.note', 'supervision.decision', 'accountability.move', 'engine.answer',
                            'public.login']) as name where operator
        union all   -- more than it is
        select '', '', 'refused', format(stmt, home, me)
          from unnest(array['create table %I.x ()', 'create schema x', 'create view %I.x as select 1',
                            'create function %I.x() returns void language sql as ''''', 'create index on %I.event (seq)',
                            'drop table %I.event', 'alter table %I.event disable row level security', 'drop policy reader on %I.event',
                            'create policy x on %I.event using (true)', 'alter table %I.event owner to current_user',
                            'create trigger x before insert on %I.event execute function pg_catalog.suppress_redundant_updates_trigger()',
                            'set session_replication_role = replica', 'set row_security = off; select 1 from %1$I.event',
                            'set role migrator', 'set role postgres', 'set session authorization postgres', 'create role x',
                            'alter role %2$I superuser', 'alter role %2$I bypassrls', 'alter role %2$I createrole',
                            'copy (select 1) to program ''true''', 'copy (select 1) to ''/tmp/zhucun-roles-test''', 'select pg_read_file(''PG_VERSION'')',
                            'select pg_ls_dir(''.'')', 'select lo_import(''/etc/passwd'')', 'create extension file_fdw',
                            'select rolpassword from pg_authid', 'select usesuper, passwd from pg_shadow', 'select pg_reload_conf()',
                            'create temporary table x (line text); copy x from ''/etc/passwd''', 'create publication x']) as stmt
         where reader or operator or stmt not like 'set row_security%'      -- a writer sees all of its log anyway
        union all   -- a rebuild goes into temporary tables
        select '', '', case when operator then 'done' else 'refused' end, 'create temporary table x ()'
        union all
        select '', '', 'refused', format('set role %I', rolname) from pg_roles where rolname not in (current_user, 'public')
    loop
        tried := tried + 1;
        begin
            perform set_config('zhucun.district', r.district, true), set_config('zhucun.partitions', r.partitions, true),
                    set_config('zhucun.eyes', case r.partitions when 'nobody' then '' else 'all' end, true);
            if r.want in ('refused', 'done') then
                execute r.stmt;
                got := 'done';
            else
                execute r.stmt into n;
                got := n::text;
            end if;
            raise exception using errcode = 'ZT001';
        exception
            when sqlstate 'ZT001' then null;
            when insufficient_privilege then got := 'refused';
            when object_not_in_prerequisite_state then got := 'refused';        -- a view that nobody can write to
            when others then got := sqlstate || ' ' || sqlerrm;
        end;
        if got <> r.want then
            raise notice 'FAIL % (district "%", partitions "%"): %, want %', r.stmt, r.district, r.partitions, got, r.want;
        end if;
    end loop;
    raise notice 'tried %', tried;
end $$;
