-- roles.sql - the two logins of a service, and what they may take of the server.  Run by migrate.sh when this file or a
-- password has changed, with :service, :reader, :password, :reader_password.
--
-- An owner that is frozen keeps its locks, and inside a transaction its rows: the server ends its session after three seconds.
-- One that lives asks something every second.

select format('create role %I login', r) from unnest(array[:'service', :'reader']) as r
 where not exists (select from pg_roles where rolname = r) \gexec
alter role :"service" password :'password';
alter role :"reader" password :'reader_password';

select format('alter role %I set %s', r, setting)
  from unnest(array[:'service', :'reader']) as r,
       unnest(array[format('search_path = %I', :'service'),
                    'idle_in_transaction_session_timeout = ''3s''',
                    'lock_timeout = ''2s''',
                    'statement_timeout = ''10s''']) as setting \gexec
alter role :"service" set idle_session_timeout = '3s';
alter role :"reader" set default_transaction_read_only = on;

revoke all on database :"DBNAME" from public;
revoke all on schema public from public;
grant connect on database :"DBNAME" to :"service", :"reader";
