create table posting (
    district text collate "C", person_id text collate "C", posting_id text collate "C", village_id text collate "C" not null, role text not null,
    from_day date not null, to_day date, term_from_day date, term_to_day date,
    primary key (district, person_id, posting_id)
);
comment on table posting is 'derived';
