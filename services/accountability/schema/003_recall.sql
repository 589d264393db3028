-- recall: the steps of a recall, the recalls of a unit, and what an ordered recall brings.

alter table measure
    add column recall_id text collate "C" not null default '',
    add column head_person_id text collate "C" not null default '',
    add column cause_of text collate "C" not null default '';
create index measure_of_head on measure (district, head_person_id) where head_person_id <> '';

alter table recall
    add column ordered_day date,
    add column head_person_id text collate "C" not null default '',
    add column successor_posting_id text collate "C" not null default '',
    add column overdue boolean not null default false;

create table unit_recall (
    district text collate "C", unit_id text collate "C", ordered_seq bigint,
    recall_id text collate "C" not null, person_id text collate "C" not null, ordered_day date not null,
    head_person_id text collate "C" not null, absence_day date not null, cause text[] not null,
    primary key (district, unit_id, ordered_seq), unique (district, recall_id)
);
comment on table unit_recall is 'derived';

create table posting_home (
    district text collate "C", posting_id text collate "C", person_id text collate "C" not null,
    primary key (district, posting_id)
);
comment on table posting_home is 'derived';
insert into posting_home select district, posting_id, person_id from posting;

alter table move add column step text not null default '';
