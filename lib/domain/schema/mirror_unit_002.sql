-- What a day's last change replaced: separation of duties counts every head of a day.
alter table unit add column also_head_ids text[] not null default '{}';
