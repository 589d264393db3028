-- Whom the case of a sealed message is about, and since when: whoever has a part in it is told nothing of it (lib/schema/mirror_sealed.sql),
-- nor is who was told of his own case once.  Of messages from before it is not known whom they were about: they are the operator's.
alter table alert
    add column about_person_id text collate "C" not null default '',
    add column about_unit_id text collate "C" not null default '',
    add column about_day date not null default '1970-01-01';
create policy sealed on alert as restrictive for select to :"reader"
    using (not sealed
           or (sealed_known(district, about_person_id, about_unit_id, about_day)
               and (about_person_id <> '' or about_unit_id <> '' or current_setting('zhucun.eyes', true) = 'all')));
