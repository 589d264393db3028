-- supervision: what inspections found (C2.4), and what became of it.

-- As noted; never changed.  What became of it is the last of its moves, `noted` while it has none.
create table finding (
    district text collate "C", finding_id text collate "C",
    kind text not null, person_id text collate "C", unit_id text collate "C", on_day date not null,
    source text not null, level text, bulletin text not null, major boolean not null, evidence_sha256 text[] not null,
    noted_by text not null, noted_at_us timestamptz not null, hearing_due_day date,
    primary key (district, finding_id), check (person_id is not null or unit_id is not null)
);
create index finding_of_person on finding (district, person_id, finding_id) where person_id is not null;
create index finding_of_unit on finding (district, unit_id, finding_id) where unit_id is not null;
comment on table finding is 'derived append-only';

-- seq: of the event that said it.
create table finding_move (
    district text collate "C", finding_id text collate "C", seq bigint,
    state text not null, confirmed_by text not null, confirmed_day date,
    primary key (district, finding_id, seq)
);
comment on table finding_move is 'derived append-only';

-- Words about people stand here alone: events carry hashes.  evidence_names: one for each hash of the finding.
create table note (
    district text collate "C", finding_id text collate "C", note text, evidence_names text[] not null,
    primary key (district, finding_id)
);
comment on table note is 'own append-only';

create table decision (
    district text collate "C", finding_id text collate "C", seq bigint,
    account text not null, reason text, at_us timestamptz not null,
    primary key (district, finding_id, seq)
);
comment on table decision is 'own append-only';

insert into engine.consumes values ('supervision', 'roster'), ('supervision', 'attendance'), ('supervision', 'accountability');
