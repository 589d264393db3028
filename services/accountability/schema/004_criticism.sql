-- criticism: what is found counts for units too.  A finding lies with each case that it counts in; person_id is whose, a person's or
-- "unit/ID", as in measure.

alter table finding add about_person_id text collate "C" not null default '';
update finding set about_person_id = person_id where person_id <> '';
insert into finding (district, person_id, finding_id, kind, unit_id, on_day, source, level, bulletin, major, evidence_sha256, noted_by,
                     confirmed_by, confirmed_day, state, noted_by_person, confirmed_by_person, about_person_id)
select f.district, 'unit/' || u.unit_id, f.finding_id, f.kind, f.unit_id, f.on_day, f.source, f.level, f.bulletin, f.major, f.evidence_sha256,
       f.noted_by, f.confirmed_by, f.confirmed_day, f.state, f.noted_by_person, f.confirmed_by_person, f.about_person_id
  from finding f
  join lateral (select coalesce(nullif(f.unit_id, ''), (select p.unit_id from person p
                                                         where p.district = f.district and p.person_id = f.person_id and p.from_day <= f.on_day
                                                         order by p.from_day desc limit 1)) as unit_id) u on u.unit_id is not null
 where f.kind <> 'unexcused_absence';
delete from finding where person_id = '';
drop index finding_of_unit;
drop index finding_criticism;

create table headship (
    district text collate "C", person_id text collate "C", unit_id text collate "C",
    primary key (district, person_id, unit_id)
);
comment on table headship is 'derived append-only';
insert into headship select distinct district, head_person_id, unit_id from unit where head_person_id is not null;
