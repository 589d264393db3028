create table calendar (
    district text collate "C", year integer, version integer not null, lines text not null,
    primary key (district, year)
);
comment on table calendar is 'derived';
