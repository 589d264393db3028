-- held: what waits for a recipient until the quiet hours end, by when they end; what is due together goes out together.
create table held (
    district text collate "C", person_id text collate "C", due_us timestamptz, root text collate "C",
    primary key (district, person_id, due_us, root)
);
comment on table held is 'derived append-only';
insert into held select district, person_id, due_us, root from alert where state = 'queued' and due_us > at_us;

-- The first of the messages that this one went out with; '': it went by itself.
alter table alert add column digest text collate "C" not null default '';
