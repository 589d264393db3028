-- A column of accountability has another name, so stop all its replicas first: where it says whose case a row is in, and may be "unit/ID".
alter table finding rename column person_id to case_id;
alter table measure rename column person_id to case_id;
alter table measure_home rename column person_id to case_id;
alter table decision rename column person_id to case_id;
