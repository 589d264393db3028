-- fill.sql - two rows in every table there is, whatever it is: of district 511700 and of 511800, in partitions 1 and 2; in the
-- engine's, one of each service.  So that what a login cannot see is there to be seen.  Run by the superuser, in a copy.

create function pg_temp.value(c pg_attribute, district text, service text) returns text language plpgsql as $$
begin
    return case
        when c.attname = 'district' then quote_literal(district)
        when c.attname in ('service', 'consumer', 'producer') then quote_literal(service)
        when c.attname = 'key' then quote_literal(service)     -- which answers are unique by
        when c.attname = 'partition' then case district when '511700' then '1' else '2' end
        when c.atttypid in ('text'::regtype, 'bytea'::regtype) then quote_literal('')
        when c.atttypid in ('integer'::regtype, 'bigint'::regtype, 'double precision'::regtype) then '1'
        when c.atttypid in ('text[]'::regtype, 'integer[]'::regtype, 'bigint[]'::regtype, 'date[]'::regtype) then quote_literal('{}')
        when c.atttypid = 'boolean'::regtype then 'true'
        when c.atttypid = 'date'::regtype then quote_literal('2017-09-08')
        when c.atttypid = 'timestamptz'::regtype then quote_literal('2017-09-08T00:00:00+08:00')
    end;
end $$;

do $$
declare t record; district text; service text; names text; vals text; n integer;
begin
    for t in select c.oid, s.nspname, c.relname from pg_class c join pg_namespace s on s.oid = c.relnamespace
              where c.relkind in ('r', 'p') and s.nspname !~ '^pg_|^information_schema$|^public$'
    loop
        for names in select conname from pg_constraint where conrelid = t.oid and contype in ('c', 'f') loop
            execute format('alter table %I.%I drop constraint %I', t.nspname, t.relname, names);
        end loop;
        foreach district in array array['511700', '511800'] loop
            foreach service in array case t.nspname when 'engine' then string_to_array(current_setting('test.services'), ' ') else array[t.nspname::text] end loop
                select string_agg(quote_ident(attname), ', ' order by attnum), string_agg(pg_temp.value(a, district, service), ', ' order by attnum),
                       count(*) filter (where pg_temp.value(a, district, service) is null)
                  into names, vals, n from pg_attribute a where attrelid = t.oid and attnum > 0 and not attisdropped and attidentity = '' and attgenerated = '';
                if n > 0 then
                    raise exception '%.% has a column of a type that this file does not know', t.nspname, t.relname;
                end if;
                execute format('insert into %I.%I (%s) values (%s) on conflict do nothing', t.nspname, t.relname, names, vals);
            end loop;
        end loop;
    end loop;
end $$;
