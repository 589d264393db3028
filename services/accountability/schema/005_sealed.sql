-- What is sealed is there for whoever may know of it (lib/schema/mirror_sealed.sql).

create policy sealed on finding as restrictive for select to :"reader"
    using (not sealed_is(kind) or sealed_known(district, about_person_id, unit_id, on_day));

-- Whoever may not know of one of its facts may not know of a measure.
create policy sealed on measure as restrictive for select to :"reader"
    using (not sealed_is(kind)
           or (sealed_known(district, case when unit_id = '' then person_id else head_person_id end, unit_id, absence_day)
               and not exists (select from unnest(cause) as c(finding_id)
                                where not exists (select from finding f
                                                   where f.district = measure.district and f.finding_id = c.finding_id
                                                     and f.person_id = coalesce(nullif(measure.cause_of, ''), measure.person_id)))));

-- What ids of sealed measures are made with: nobody who does not know it can tell which id a case would have.  It is in no event, is
-- made when the district's first such id is, and goes where the district's tables go.
create table secret (district text collate "C", secret bytea not null, primary key (district));
comment on table secret is 'own append-only';
create policy kept on secret as restrictive for select to :"reader" using (false);
