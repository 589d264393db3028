-- Who has a part in a sealed case is judged from its earliest fact on.  Messages of before may say a later day (that of a hearing, or of the
-- last fact of a referral): they are judged from ever.
update alert set about_day = '0001-01-01' where sealed;
alter table alert alter column about_day set default '0001-01-01';
-- Whose an account is or ever was: of those who are told of sealed cases.
do $$
begin
    if exists (select from information_schema.columns where (table_schema, table_name, column_name) = ('roster', 'account', 'person_ids')) then
        insert into account select district, account_id, person_ids from roster.account;         -- an installation that is older than this
    end if;
end $$;
