-- Posts emptied by recalls, and roles that a village of its kind needs and nobody holds on the day: each post once.
-- The first row counts: what matches, and the villages, of which those are complete where nothing is open on the day.
--
-- Villages, postings and needs meet in one grouping each and not in joins: a planner does not know how many rows such
-- parts have, takes them for few, and compares each with each.
-- name: vacancy_list VacancyPage -> VacancyRow
with need as (select n.kind, n.role from unnest((:kinds::text)::text[], (:roles::text)::text[]) as n(kind, role)),
     place as (select v.village_id, v.kind
                 from (select distinct on (village_id) village_id, kind, township_id from village
                        where district = :district and from_day <= :on_day
                          and (:village_id::text is null or village_id = :village_id)
                        order by village_id, from_day desc) v
                 left join closed_village c on c.district = :district and c.village_id = v.village_id
                where (:township_id::text is null or v.township_id = :township_id)
                  and (:area_id::text is null
                       or (select t.area_id from township t
                            where t.district = :district and t.township_id = v.township_id and t.from_day <= :on_day
                            order by t.from_day desc limit 1) = :area_id)
                  and (c.closed_on_day is null or :on_day < c.closed_on_day)),
     emptied as (select w.vacancy_id, w.village_id, w.role, w.from_day, w.due_day, w.posting_id,
                        case when w.state = 'filled' and :fill_day < f.from_day then 'open' else w.state end as state,
                        case when w.state = 'filled' and :fill_day < f.from_day then null
                             else nullif(w.filled_by, '') end as filled_by
                   from vacancy w join place p on p.village_id = w.village_id
                   left join posting f on f.district = w.district and f.posting_id = w.filled_by
                  where w.district = :district and w.from_day <= :seen_day),
     post as (select village_id, role, max(ended) as ended
                from (select p.village_id, n.role, true as needed, false as filled, null::date as ended
                        from place p join need n on n.kind = p.kind
                      union all
                      select q.village_id, q.role, false, daterange(q.from_day, q.to_day) @> :on_day::date,
                             case when q.to_day <= :on_day then q.to_day end
                        from posting q
                       where q.district = :district and (:village_id::text is null or q.village_id = :village_id)
                      union all
                      select e.village_id, e.role, false, true, null
                        from emptied e where e.state = 'open' and e.from_day <= :on_day) s
               group by village_id, role having bool_or(needed) and not bool_or(filled)),
     empty as (select vacancy_id as id, village_id, role, state, from_day, due_day, vacancy_id as recall_id, posting_id,
                      filled_by
                 from emptied
               union all
               select village_id || '.' || role, village_id, role, 'open', ended, null, null, null, null from post),
     wanted as (select * from empty where :state::text is null or state = :state),
     whole as (select max(kind) as kind, bool_and(kind is not null) as complete
                 from (select village_id, kind from place
                       union all
                       select village_id, null
                         from empty where state = 'open' and (recall_id is null or from_day <= :on_day)) s
                group by village_id)
select * from (
select '' as id, '' as village_id, 'first_secretary' as role, 'open' as state, null::date as from_day,
       null::date as due_day, null as recall_id, null as posting_id, null as filled_by,
       (select count(*) from wanted)::integer as count,
       (select count(*) from whole where kind = 'poor')::integer as poor_all,
       (select count(*) from whole where kind = 'poor' and complete)::integer as poor_complete,
       (select count(*) from whole where kind = 'non_poor')::integer as other_all,
       (select count(*) from whole where kind = 'non_poor' and complete)::integer as other_complete
union all
(select id, village_id, role, state, from_day, due_day, recall_id, posting_id, filled_by, 0, 0, 0, 0, 0
   from wanted where id collate "C" > :after order by id collate "C" limit :limit)) r order by id collate "C";
