-- service_006.sql - the order in which a service does things, and trying again what it put aside.

grant select on engine.turn to :"service";
grant execute on function engine.take_turns(integer[], bigint[], text[]), engine.retried(integer, text, bigint), engine.refused(integer, text, bigint, text),
      engine.note_ran(integer[], bigint[], bigint[], text[], text[], bigint[], text[], text[], text[], text[], timestamptz[]) to :"service";
