-- name_given: what things were called since when: from the event of that number of the log on.  Whoever keeps a text that mentions somebody
-- asks what he was called then; names of people stand in no event, so beside identity this is all there is of them.
create table name_given (
    district text collate "C", kind text collate "C", thing_id text collate "C", since_seq bigint, name text not null,
    primary key (district, kind, thing_id, since_seq)
);
create index name_given_by_name on name_given (district, kind, name);
comment on table name_given is 'own append-only';

-- As they are called now, since ever.
insert into name_given select district, 'person', person_id, 0, name from identity;
insert into name_given select distinct on (district, unit_id) district, 'unit', unit_id, 0, name from unit order by district, unit_id, from_day desc;
insert into name_given select distinct on (district, village_id) district, 'village', village_id, 0, name from village order by district, village_id, from_day desc;
insert into name_given select distinct on (district, township_id) district, 'township', township_id, 0, name from township order by district, township_id, from_day desc;
