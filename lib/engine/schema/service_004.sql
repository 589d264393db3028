-- service_004.sql - what every service may do since timers and chores are removed by their keys.

grant execute on function engine.drop_timers(integer[], text[], text[], text[]), engine.work_done(integer[], text[], text[], text[]) to :"service";
