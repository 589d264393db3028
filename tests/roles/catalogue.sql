-- catalogue.sql - what must not stand in the catalogue; a line for each that does.  Run by the superuser.  In: test.services, test.database.

with inside as (
    select oid, nspname, nspacl, nspowner from pg_namespace where nspname !~ '^pg_|^information_schema$'),
service as (
    select unnest(string_to_array(current_setting('test.services'), ' ')) as name),
login as (
    select * from pg_roles where rolcanlogin and rolname <> 'postgres'),
relation as (
    select s.nspname, c.*, format('%s.%s', s.nspname, c.relname) as name,
           coalesce(obj_description(c.oid, 'pg_class'), '') as said
      from pg_class c join inside s on s.oid = c.relnamespace where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')),
fault (what, which) as (
    select 'PUBLIC has ' || privilege_type, name from relation, aclexplode(relacl) where grantee = 0
    union all
    select 'PUBLIC has ' || privilege_type || ' of a column', name || '.' || attname
      from relation r join pg_attribute a on a.attrelid = r.oid, aclexplode(attacl) where grantee = 0
    union all
    select 'PUBLIC has ' || privilege_type, 'schema ' || nspname from inside, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) where grantee = 0
    union all
    select 'PUBLIC may call', p.oid::regprocedure::text from pg_proc p join inside s on s.oid = p.pronamespace,
           aclexplode(coalesce(proacl, acldefault('f', proowner))) where grantee = 0
    union all
    select 'PUBLIC has ' || privilege_type, 'database ' || datname from pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba)))
     where grantee = 0 and datname = current_setting('test.database')
    union all
    select 'default privileges', defaclobjtype::text from pg_default_acl
    union all
    select 'runs as its owner without a search_path of its own that ends with pg_temp', p.oid::regprocedure::text
      from pg_proc p join inside s on s.oid = p.pronamespace
     where prosecdef and not exists (select from unnest(proconfig) c where c ~ '^search_path=[a-z_]+, pg_temp$' and c !~ 'public')
    union all
    select 'runs as a superuser', p.oid::regprocedure::text
      from pg_proc p join inside s on s.oid = p.pronamespace join pg_roles r on r.oid = proowner where prosecdef and rolsuper
    union all
    select 'is more than a login', rolname from login
     where rolsuper or rolbypassrls or rolcreatedb or rolreplication or (rolcreaterole and rolname <> 'migrator')
    union all
    select 'is a member of ' || g.rolname, l.rolname from pg_auth_members m join login l on l.oid = m.member join pg_roles g on g.oid = m.roleid
    union all
    select 'has a member ' || m.member::regrole::text, l.rolname from pg_auth_members m join login l on l.oid = m.roleid
    union all
    select 'is not the migrator''s', name from relation where relowner <> 'migrator'::regrole
    union all
    select 'has no row-level security', name from relation where relkind in ('r', 'p') and nspname in (select name from service) and not relrowsecurity
    union all
    select 'asks as its owner, past row-level security', name from relation
     where relkind in ('v', 'm') and nspname in (select name from service) and coalesce(array_to_string(reloptions, ' '), '') !~ 'security_invoker=(true|on|1)'
    union all
    select 'may be ' || privilege_type || 'd by ' || grantee::regrole::text, name from relation, aclexplode(relacl)
     where (relname = 'event' or said ~ 'append-only') and privilege_type in ('UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES') and grantee <> relowner
    union all
    select 'may be TRUNCATEd by ' || grantee::regrole::text, name from relation, aclexplode(relacl)
     where privilege_type in ('TRUNCATE', 'TRIGGER', 'REFERENCES') and grantee <> relowner
    union all
    select 'is not read-only', rolname from login
     where rolname ~ '_reader$' and not coalesce('default_transaction_read_only=on' = any(rolconfig), false)
)
select distinct what, which from fault order by 1, 2;
