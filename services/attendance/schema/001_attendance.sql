-- attendance: who was there on which day.

-- What is known of a person's day; its status follows from these numbers alone (rules.md 3).
create table day (
    district text collate "C", person_id text collate "C", on_day date,
    strong integer not null, weak integer not null, absences integer not null,
    primary key (district, person_id, on_day)
) with (fillfactor = 70);
comment on table day is 'derived';

-- Positions stand here alone, as the client gave them; events say only what was made of them.
create table checkin (
    district text collate "C", checkin_id text collate "C",
    person_id text collate "C" not null, village_id text collate "C" not null, captured_at_us timestamptz not null,
    received_at_us timestamptz not null, lon double precision, lat double precision, accuracy_m double precision, datum text,
    result text not null,
    primary key (district, checkin_id)
);
comment on table checkin is 'own append-only';

insert into engine.consumes values ('attendance', 'roster'), ('attendance', 'supervision');
