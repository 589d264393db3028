-- operator.sql - the login of zhucunctl.  Run by migrate.sh when this file or its password has changed, with :password.
-- What it may see and do is granted by lib/engine/schema/005_operator.sql and what comes after it.

select 'create role operator login' where not exists (select from pg_roles where rolname = 'operator') \gexec
alter role operator password :'password';
alter role operator set search_path = pg_catalog;
alter role operator set lock_timeout = '5s';
alter role operator set idle_in_transaction_session_timeout = '10min';
-- Temporary tables: where a rebuild goes.
grant connect, temporary on database :"DBNAME" to operator;
