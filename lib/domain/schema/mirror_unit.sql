create table unit (
    district text collate "C", unit_id text collate "C", from_day date, name text not null, head_person_id text collate "C",
    primary key (district, unit_id, from_day)
);
comment on table unit is 'derived';
