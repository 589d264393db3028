create table person (
    district text collate "C", person_id text collate "C", from_day date, unit_id text collate "C" not null, establishment text not null,
    phone_masked text not null,
    primary key (district, person_id, from_day)
);
comment on table person is 'derived';
