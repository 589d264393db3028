create table township (
    district text collate "C", township_id text collate "C", from_day date, name text not null, area_id text collate "C" not null,
    primary key (district, township_id, from_day)
);
comment on table township is 'derived';
