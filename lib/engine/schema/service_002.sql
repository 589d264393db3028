-- service_002.sql - what every service may do since there are replicas.  Applied once per service, as service.sql is.

grant select on engine.live, engine.holding to :"service", :"reader";
grant execute on function engine.beat(text), engine.give(integer[], bigint[], boolean) to :"service";
