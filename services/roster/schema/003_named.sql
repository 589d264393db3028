-- Whose an account is or ever was, as far as that is known; and whether the operator put it last, who alone may let one that is nobody's act
-- in cases.  Of those that are there already nobody knows.
alter table account add column person_ids text[] not null default '{}', add column vouched boolean not null default false;
update account set person_ids = array[person_id] where person_id <> '';
