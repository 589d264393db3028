-- alerts reads its own AlertQueued once more: what is not held is sent when it is on record, without a timer.
insert into engine.consumes values ('alerts', 'alerts');
