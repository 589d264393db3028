-- Separation of duties (rules.md §4) is about persons as well as accounts: whose account it was.  '': nobody's.
alter table finding add noted_by_person text collate "C" not null default '', add confirmed_by_person text collate "C" not null default '';
alter table move add moved_by_person text collate "C" not null default '';
