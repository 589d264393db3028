-- What roster's reader threads ask.  What has a history is shown as of :on_day.

-- name: district_read DistrictKey -> roster.District
select d.district as id, d.name, e.partition from district d join engine.district e on e.district = d.district where d.district = :district;

-- name: areas_read DistrictKey -> roster.Area
select area_id as id, name from area where district = :district order by place;

-- name: township_read IdOnDay -> roster.Township
select township_id as id, name, area_id from township
 where district = :district and township_id = :id and from_day <= :on_day order by from_day desc limit 1;

-- name: township_list Page -> roster.Township
select distinct on (township_id) township_id as id, name, area_id from township
 where district = :district and township_id > :after and from_day <= :on_day
 order by township_id, from_day desc limit :limit;

-- name: unit_read IdOnDay -> roster.Unit
select unit_id as id, name, head_person_id from unit
 where district = :district and unit_id = :id and from_day <= :on_day order by from_day desc limit 1;

-- name: unit_list Page -> roster.Unit
select distinct on (unit_id) unit_id as id, name, head_person_id from unit
 where district = :district and unit_id > :after and from_day <= :on_day
 order by unit_id, from_day desc limit :limit;

-- name: village_read IdOnDay -> Village
select v.village_id as id, v.name, v.township_id, v.kind, v.lon, v.lat, v.radius_m, c.closed_on_day
  from village v left join closed_village c on c.district = v.district and c.village_id = v.village_id
 where v.district = :district and v.village_id = :id and v.from_day <= :on_day order by v.from_day desc limit 1;

-- name: village_list Page -> Village
select v.id, v.name, v.township_id, v.kind, v.lon, v.lat, v.radius_m, c.closed_on_day
  from (select distinct on (village_id) village_id as id, name, township_id, kind, lon, lat, radius_m from village
         where district = :district and village_id > :after and from_day <= :on_day
         order by village_id, from_day desc) v
  left join closed_village c on c.district = :district and c.village_id = v.id
 where (:township_id::text is null or v.township_id = :township_id) and (:kind::text is null or v.kind = :kind)
 order by v.id limit :limit;

-- name: person_read IdOnDay -> roster.Person
select p.person_id as id, i.name, i.phone, p.unit_id, p.establishment
  from person p join identity i on i.district = p.district and i.person_id = p.person_id
 where p.district = :district and p.person_id = :id and p.from_day <= :on_day order by p.from_day desc limit 1;

-- name: person_list Page -> roster.Person
select p.id, i.name, i.phone, p.unit_id, p.establishment
  from (select distinct on (person_id) person_id as id, unit_id, establishment from person
         where district = :district and person_id > :after and from_day <= :on_day
         order by person_id, from_day desc) p
  join identity i on i.district = :district and i.person_id = p.id
 where (:unit_id::text is null or p.unit_id = :unit_id)
 order by p.id limit :limit;

-- name: contacts IdsOnDay -> roster.Contact
select i.person_id, i.name, i.phone, coalesce(p.unit_id, '') as unit_id, coalesce(u.name, '') as unit_name
  from identity i
  left join lateral (select unit_id from person where district = i.district and person_id = i.person_id and from_day <= :on_day
                      order by from_day desc limit 1) p on true
  left join lateral (select name from unit where district = i.district and unit_id = p.unit_id and from_day <= :on_day
                      order by from_day desc limit 1) u on true
 where i.district = :district and i.person_id = any((:ids::text)::text[]) order by i.person_id;

-- shared: something else of its kind was called the same then.
-- name: names NamesAt -> NameAt
select k.ref, n.name, k.id,
       exists (select from name_given t
                where t.district = :district and t.kind = k.kind and t.name = n.name and t.thing_id <> k.id and t.since_seq <= k.seq
                  and not exists (select from name_given l where l.district = t.district and l.kind = t.kind and l.thing_id = t.thing_id
                                     and l.since_seq > t.since_seq and l.since_seq <= k.seq)) as shared
  from unnest((:refs::text)::text[], (:kinds::text)::text[], (:ids::text)::text[], (:seqs::text)::bigint[]) as k(ref, kind, id, seq)
 cross join lateral (select g.name from name_given g where g.district = :district and g.kind = k.kind and g.thing_id = k.id and g.since_seq <= k.seq
                      order by g.since_seq desc limit 1) as n;

-- name: posting_read Id -> Posting
select posting_id, person_id, village_id, role, from_day, to_day, term_from_day, term_to_day, reason from posting
 where district = :district and posting_id = :id;

-- name: posting_list PostingPage -> Posting
select posting_id, person_id, village_id, role, from_day, to_day, term_from_day, term_to_day, reason from posting
 where district = :district and posting_id > :after
   and (:on_day::date is null or (from_day <= :on_day and (to_day is null or :on_day < to_day)))
 order by posting_id limit :limit;

-- name: posting_list_of_village PostingPage -> Posting
select posting_id, person_id, village_id, role, from_day, to_day, term_from_day, term_to_day, reason from posting
 where district = :district and village_id = :village_id and posting_id > :after
   and (:on_day::date is null or (from_day <= :on_day and (to_day is null or :on_day < to_day)))
 order by posting_id limit :limit;

-- name: posting_list_of_person PostingPage -> Posting
select p.posting_id, p.person_id, p.village_id, p.role, p.from_day, p.to_day, p.term_from_day, p.term_to_day, p.reason
  from person_posting k join posting p on p.district = k.district and p.posting_id = k.posting_id
 where k.district = :district and k.person_id = :person_id and k.posting_id > :after
   and (:village_id::text is null or p.village_id = :village_id)
   and (:on_day::date is null or (p.from_day <= :on_day and (p.to_day is null or :on_day < p.to_day)))
 order by p.posting_id limit :limit;

-- name: postings_of_persons Ids -> Posting
select p.posting_id, p.person_id, p.village_id, p.role, p.from_day, p.to_day, p.term_from_day, p.term_to_day, p.reason
  from person_posting k join posting p on p.district = k.district and p.posting_id = k.posting_id
 where k.district = :district and k.person_id = any((:ids::text)::text[])
 order by p.person_id, p.posting_id;

-- name: policy_read OnDay -> roster.PolicyVersion
select version, effective_from_day, document_json from policy
 where district = :district and effective_from_day <= :on_day order by effective_from_day desc limit 1;

-- Posts emptied by recalls, and roles that a village of its kind needs and nobody holds on the day: each post once.  The first row
-- counts: what matches, and the villages, of which those are complete in which nothing is open on the day.
--
-- Villages, postings and needs meet in one grouping each and not in joins: a planner does not know how many rows such parts have, takes
-- them for few, and compares each with each.
-- name: vacancy_list VacancyPage -> VacancyRow
with need as (select n.kind, n.role from unnest((:kinds::text)::text[], (:roles::text)::text[]) as n(kind, role)),
     place as (select v.village_id, v.kind
                 from (select distinct on (village_id) village_id, kind, township_id from village
                        where district = :district and from_day <= :on_day and (:village_id::text is null or village_id = :village_id)
                        order by village_id, from_day desc) v
                 left join closed_village c on c.district = :district and c.village_id = v.village_id
                where (:township_id::text is null or v.township_id = :township_id) and (c.closed_on_day is null or :on_day < c.closed_on_day)),
     emptied as (select w.vacancy_id, w.village_id, w.role, w.from_day, w.due_day, w.posting_id,
                        case when w.state = 'filled' and :fill_day < f.from_day then 'open' else w.state end as state,
                        case when w.state = 'filled' and :fill_day < f.from_day then null else nullif(w.filled_by, '') end as filled_by
                   from vacancy w join place p on p.village_id = w.village_id
                   left join posting f on f.district = w.district and f.posting_id = w.filled_by
                  where w.district = :district and w.from_day <= :seen_day),
     post as (select village_id, role, max(ended) as ended
                from (select p.village_id, n.role, true as needed, false as filled, null::date as ended from place p join need n on n.kind = p.kind
                      union all
                      select q.village_id, q.role, false, q.from_day <= :on_day and (q.to_day is null or :on_day < q.to_day),
                             case when q.to_day <= :on_day then q.to_day end
                        from posting q where q.district = :district and (:village_id::text is null or q.village_id = :village_id)
                      union all
                      select e.village_id, e.role, false, true, null from emptied e where e.state = 'open' and e.from_day <= :on_day) s
               group by village_id, role having bool_or(needed) and not bool_or(filled)),
     empty as (select vacancy_id as id, village_id, role, state, from_day, due_day, vacancy_id as recall_id, posting_id, filled_by from emptied
               union all
               select village_id || '.' || role, village_id, role, 'open', ended, null, null, null, null from post),
     wanted as (select * from empty where :state::text is null or state = :state),
     whole as (select max(kind) as kind, bool_and(kind is not null) as complete
                 from (select village_id, kind from place
                       union all
                       select village_id, null from empty where state = 'open' and (recall_id is null or from_day <= :on_day)) s
                group by village_id)
select * from (
select '' as id, '' as village_id, 'first_secretary' as role, 'open' as state, null::date as from_day, null::date as due_day, null as recall_id,
       null as posting_id, null as filled_by, (select count(*) from wanted)::integer as count,
       (select count(*) from whole where kind = 'poor')::integer as poor_all,
       (select count(*) from whole where kind = 'poor' and complete)::integer as poor_complete,
       (select count(*) from whole where kind = 'non_poor')::integer as other_all,
       (select count(*) from whole where kind = 'non_poor' and complete)::integer as other_complete
union all
(select id, village_id, role, state, from_day, due_day, recall_id, posting_id, filled_by, 0, 0, 0, 0, 0
   from wanted where id collate "C" > :after order by id collate "C" limit :limit)) r order by id collate "C";

-- name: task_list TaskPage -> roster.Task
select task_id as id, kind, recall_id, person_id, posting_id, village_id, state, opened_us, nullif(unit_id, '') as unit_id from task
 where district = :district and task_id > :after
   and (:person_id::text is null or person_id = :person_id) and (:state::text is null or state = :state)
 order by task_id limit :limit;
