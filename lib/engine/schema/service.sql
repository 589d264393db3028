-- service.sql - the part of a schema that every service has; the migrator runs it once per service with :service set.
-- Writers log in as :service, readers as :service_reader.

create schema :"service";
grant usage on schema :"service" to :"service", :"reader";
grant usage on schema engine to :"service", :"reader";
grant select on engine.consumes, engine.district, engine.clock, engine.head, engine.cursor, engine.edge to :"service", :"reader";
grant execute on function engine.lag(integer), engine.parked_count(integer) to :"service", :"reader";
grant select, delete on engine.answer to :"service";
grant select, insert, update, delete on engine.timer to :"service";
grant select, insert, delete on engine.work to :"service";
grant select, insert, delete on engine.parked to :"service";
grant execute on function engine.take(integer[], text),
      engine.advance(integer[], bigint[], bigint[], bigint[], bytea[], timestamptz[]),
      engine.move_cursors(integer[], text[], bigint[], bytea[]), engine.trying(integer, text),
      engine.advance_clock(timestamptz),
      engine.keep_answers(text[], text[], text[], bytea[], integer[], bytea[], timestamptz[]) to :"service";
-- Districts are opened by roster alone.
select format('grant insert on engine.district to %I', :'service') where :'service' = 'roster' \gexec

-- The event log: dense per partition, chained by hash, never changed.
create table :"service".event (
    partition integer, seq bigint,
    hash bytea not null, type text not null, district text collate "C" not null, at_us timestamptz not null, body bytea not null,
    primary key (partition, seq)
);
grant select, insert on :"service".event to :"service";
grant select on :"service".event to :"reader";
