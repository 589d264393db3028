-- service_020.sql - what every service may do since work is done in slices.

grant update on engine.work to :"service";
grant execute on function engine.work_moved(integer[], text[], text[], text[], bigint[]), engine.purge_answers(timestamptz, integer),
      engine.note_ran(integer[], bigint[], bigint[], text[], text[], bigint[], text[], text[], text[], text[], timestamptz[], bigint[], bigint[]) to :"service";
