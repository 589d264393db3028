-- timers: those that are due are read in the order in which they fall due, as many as a batch takes.  Thousands may have the same
-- instant, so the index has the whole order: without it each batch would sort all of them.

drop index engine.timer_due;
create index timer_due on engine.timer (service, partition, due_us, district, kind, subject);
