-- department: whose accounts administer the district; they are told what the organisation department has to settle.
create table department (
    district text collate "C", account_id text collate "C", person_id text collate "C" not null,
    primary key (district, account_id)
);
comment on table department is 'derived';
