-- alerts reads more than before, so stop all its replicas first: its own AlertQueued once more, by which what is not held is sent when it
-- is on record, without a timer.
insert into engine.consumes values ('alerts', 'alerts');
