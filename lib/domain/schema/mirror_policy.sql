create table policy (
    district text collate "C", effective_from_day date, version text collate "C" not null, document_json text not null,
    primary key (district, effective_from_day)
);
comment on table policy is 'derived';
