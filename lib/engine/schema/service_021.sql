-- service_021.sql - what every service may ask since it asks by functions.

grant execute on function engine.due_timers(integer[], timestamptz[], timestamptz, integer), engine.next_timers(integer[], timestamptz[]),
      engine.some_work(integer[], integer), engine.work_of(text[], integer[]), engine.held_of(integer[]), engine.last_turns(integer[]) to :"service";
