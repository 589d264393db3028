-- What people decided against a measure, and what its count rested on then (rules.md §5 Identity, A98).  Of what was decided before, that
-- is what it rests on now, or rested on when it was revoked.
create table decision (
    district text collate "C", person_id text collate "C", measure_id text collate "C", seq bigint,
    state text not null, counted text[] not null,
    primary key (district, person_id, measure_id, seq)
);
comment on table decision is 'derived append-only';
-- Read by nobody but the count itself: what is sealed has decisions too.
create policy kept on decision as restrictive for select to :"reader" using (false);

insert into decision
select m.district, m.person_id, m.measure_id, d.seq, d.state,
       array(select case m.ladder when 'criticism' then f.bulletin when 'case' then f.finding_id else f.on_day::text end
               from unnest(m.cause) with ordinality as c(finding_id, n)
               join finding f on f.district = m.district and f.finding_id = c.finding_id
                             and f.person_id = coalesce(nullif(m.cause_of, ''), m.person_id)
              order by c.n)
  from measure m
  join lateral (select v.seq, v.state from move v where v.district = m.district and v.measure_id = m.measure_id
                 order by v.seq desc limit 1) d on d.state in ('rejected', 'lifted')
 where m.state in ('rejected', 'lifted', 'revoked');
