-- What a message says of each of its measures, so that the next one can be compared with it; whether it was urgent, so that what takes it
-- back is, too.  Neither is known of messages from before.
alter table alert add column said text[] not null default '{}', add column urgent boolean not null default false;
