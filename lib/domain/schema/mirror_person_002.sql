-- What a day's last change replaced: separation of duties counts every unit of a day.
alter table person add column also_unit_ids text[] not null default '{}';
