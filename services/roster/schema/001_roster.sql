-- roster: districts, who the people are, where they are posted.  Townships, units, villages, persons and policies are the
-- mirror tables, filled from roster's own events.

create table district (district text collate "C" primary key, name text not null);
comment on table district is 'derived';

create table area (
    district text collate "C", area_id text collate "C", name text not null, place integer not null,
    primary key (district, area_id)
);
comment on table area is 'derived';

-- Names and phones stand here alone: events name people by id.
create table identity (
    district text collate "C", person_id text collate "C", name text not null, phone text not null,
    primary key (district, person_id)
);
comment on table identity is 'own';

create table posting (
    district text collate "C", posting_id text collate "C", person_id text collate "C" not null, village_id text collate "C" not null,
    role text not null, from_day date not null, to_day date, term_from_day date, term_to_day date, reason text not null,
    primary key (district, posting_id), check (to_day > from_day), check (term_to_day > term_from_day)
);
create index posting_village on posting (district, village_id, posting_id);
comment on table posting is 'derived';

create table person_posting (
    district text collate "C", person_id text collate "C", posting_id text collate "C",
    primary key (district, person_id, posting_id)
);
comment on table person_posting is 'derived';

create table first_secretary (
    district text collate "C", village_id text collate "C", posting_id text collate "C",
    primary key (district, village_id, posting_id)
);
comment on table first_secretary is 'derived';

create table confirmed_finding (
    district text collate "C", person_id text collate "C", finding_id text collate "C", on_day date not null,
    primary key (district, person_id, finding_id)
);
comment on table confirmed_finding is 'derived';

insert into engine.consumes values ('roster', 'supervision'), ('roster', 'accountability');
