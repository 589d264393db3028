-- accountability: confirmed findings, the measures that follow from them, recalls.

-- Kept when annulled, so that a case sheet can still say why a measure was.
create table finding (
    district text collate "C", person_id text collate "C", finding_id text collate "C",
    kind text not null, unit_id text collate "C" not null, on_day date not null,
    source text not null, level text, bulletin text not null, major boolean not null,
    evidence_sha256 text[] not null, noted_by text not null, confirmed_by text not null, confirmed_day date, state text not null,
    primary key (district, person_id, finding_id)
);
comment on table finding is 'derived';
create index finding_of_unit on finding (district, unit_id) where unit_id <> '';
create index finding_criticism on finding (district) where kind = 'written_criticism';

create table measure (
    district text collate "C", person_id text collate "C", measure_id text collate "C",
    unit_id text collate "C" not null, ladder text not null, kind text not null, clause text collate "C" not null, window_year integer not null,
    policy text collate "C" not null, rung integer not null, from_day date not null, until_day date,
    state text not null, cause text[] not null, reason_zh text not null, reason_en text not null,
    absence_day date not null, decided_day date not null, approval text not null,
    primary key (district, person_id, measure_id)
);
comment on table measure is 'derived';
create index measure_of_unit on measure (district, unit_id) where unit_id <> '';

create table measure_home (
    district text collate "C", measure_id text collate "C", person_id text collate "C" not null,
    primary key (district, measure_id)
);
comment on table measure_home is 'derived append-only';

create table recall (
    district text collate "C", person_id text collate "C", recall_id text collate "C",
    unit_id text collate "C", posting_id text collate "C", absence_day date not null, state text not null, due_day date, cause text[] not null,
    primary key (district, person_id, recall_id)
);
comment on table recall is 'derived';
create index recall_by_id on recall (district, recall_id);

create table move (
    district text collate "C", measure_id text collate "C", seq bigint,
    account text not null, state text not null, reason text not null, at_us timestamptz not null,
    primary key (district, measure_id, seq)
);
comment on table move is 'own append-only';

insert into engine.consumes values ('accountability', 'roster'), ('accountability', 'supervision');
