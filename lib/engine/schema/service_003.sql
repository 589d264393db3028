-- service_003.sql - what every service may ask since there is a status.  Applied once per service, as service.sql is.

grant execute on function engine.status() to :"service", :"reader";
