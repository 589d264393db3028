create table round (
    district text collate "C", round_id text collate "C", name text not null, category text not null, on_day date not null,
    primary key (district, round_id)
);
comment on table round is 'derived';

create table bar (
    district text collate "C", person_id text collate "C", measure_id text collate "C", from_day date not null, until_day date,
    primary key (district, person_id, measure_id)
);
comment on table bar is 'derived';

insert into engine.consumes values ('incentives', 'roster'), ('incentives', 'attendance'), ('incentives', 'accountability');
