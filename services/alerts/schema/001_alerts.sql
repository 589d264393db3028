-- alerts: messages, whom each thing was told to, and who leads what.

-- The key: one input gives one message to a recipient, whatever is repeated.
create table alert (
    district text collate "C", root text collate "C", person_id text collate "C",
    alert_id text collate "C" not null, template text not null, version integer not null,
    text_zh text not null, text_en text not null, segments integer not null check (segments > 0),
    cause text collate "C" not null, finding_id text collate "C" not null, measures text[] not null, fallen text[] not null,
    correction boolean not null,
    state text not null, reason text not null, at_us timestamptz not null, due_us timestamptz not null,
    primary key (district, root, person_id), unique (district, alert_id), check ((state = 'failed') = (reason <> ''))
) with (fillfactor = 70);
create index alert_of_person on alert (district, person_id, alert_id);
comment on table alert is 'derived';

create table told (
    district text collate "C", about text collate "C", person_id text collate "C", root text collate "C",
    primary key (district, about, person_id, root)
);
comment on table told is 'derived append-only';

create table contact_leader (
    district text collate "C", village_id text collate "C", posting_id text collate "C", person_id text collate "C" not null,
    from_day date not null, to_day date,
    primary key (district, village_id, posting_id)
);
comment on table contact_leader is 'derived';

insert into engine.consumes values ('alerts', 'roster'), ('alerts', 'attendance'), ('alerts', 'supervision'),
    ('alerts', 'accountability'), ('alerts', 'incentives'), ('alerts', 'funding');
