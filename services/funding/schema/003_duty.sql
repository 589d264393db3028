-- Who drafted a run does not approve it (rules.md §4): the account, and whose it was.  '': not known, nobody's.
alter table payroll add drafted_by text not null default '', add drafted_by_person text collate "C" not null default '';
