-- service_030.sql - what every service may ask since clocks are held against each other.  Applied once per service, as service.sql is.

grant select on engine.clocks to :"service";
grant execute on function engine.beat(text, timestamptz) to :"service";
