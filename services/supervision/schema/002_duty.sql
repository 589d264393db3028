-- Separation of duties (rules.md §4) is about persons as well as accounts: whose account it was that noted or confirmed.  '': nobody's.
alter table finding add noted_by_person text collate "C" not null default '';
alter table finding_move add confirmed_by_person text collate "C" not null default '';
