-- Who settles what a recall has left is judged from the recall's earliest fact on, not from the day of the task.  Of recalls from before it
-- is not known: they are judged from ever.
alter table vacancy add column first_day date not null default '0001-01-01';
alter table task add column first_day date not null default '0001-01-01';
