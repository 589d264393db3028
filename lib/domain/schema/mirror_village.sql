create table village (
    district text collate "C", village_id text collate "C", from_day date, name text not null, township_id text collate "C" not null,
    kind text not null, lon double precision, lat double precision, radius_m double precision,
    primary key (district, village_id, from_day)
);
comment on table village is 'derived';
