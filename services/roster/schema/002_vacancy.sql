-- vacancy: posts that a recall has emptied, postings that it has ended, and what is left for the organisation department to settle.

create table vacancy (
    district text collate "C", vacancy_id text collate "C",
    village_id text collate "C" not null, role text not null, posting_id text collate "C" not null, person_id text collate "C" not null,
    from_day date not null, due_day date,
    state text not null, filled_by text collate "C" not null, head_posting_id text collate "C" not null,
    primary key (district, vacancy_id)
);
create index vacancy_of_village on vacancy (district, village_id);
comment on table vacancy is 'derived';

create table recalled_posting (
    district text collate "C", posting_id text collate "C",
    recall_id text collate "C" not null, end_day date not null, was_to_day date,
    primary key (district, posting_id)
);
comment on table recalled_posting is 'derived';

create table task (
    district text collate "C", task_id text collate "C",
    kind text not null, recall_id text collate "C" not null, person_id text collate "C" not null, posting_id text collate "C" not null,
    village_id text collate "C" not null, state text not null, opened_us timestamptz not null,
    primary key (district, task_id)
);
create index task_of_person on task (district, person_id);
comment on table task is 'derived';
