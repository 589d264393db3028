-- recall: an order ends every posting of the force that the person holds, a head may be awaited, villages close, and a posting may
-- be taken back while nothing stands on it.

create table recall_ended (
    district text collate "C", person_id text collate "C", recall_id text collate "C", posting_id text collate "C",
    village_id text collate "C" not null, role text not null, end_day date not null, was_to_day date, recalled boolean not null,
    primary key (district, person_id, recall_id, posting_id)
);
comment on table recall_ended is 'derived';

-- Until now a recall ended the one posting that it was about.
insert into recall_ended
select r.district, v.person_id, r.recall_id, r.posting_id, v.village_id, v.role, r.end_day, r.was_to_day, true
  from recalled_posting r join vacancy v on v.district = r.district and v.vacancy_id = r.recall_id;
drop table recalled_posting;

create table head_awaited (
    district text collate "C", unit_id text collate "C", recall_id text collate "C",
    primary key (district, unit_id, recall_id)
);
comment on table head_awaited is 'derived';
alter table task add column unit_id text collate "C" not null default '';

create table closed_village (
    district text collate "C", village_id text collate "C", closed_on_day date not null,
    primary key (district, village_id)
);
comment on table closed_village is 'derived';
