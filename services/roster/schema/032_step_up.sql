-- Until when a session may do what wants the password again; null: it was not given again.
alter table session add column stepped_up_until_us timestamptz;
