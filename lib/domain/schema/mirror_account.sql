create table account (
    district text collate "C", account_id text collate "C", person_ids text[] not null,
    primary key (district, account_id)
);
comment on table account is 'derived';
