-- yardstick - the simplest alternative to the suite: one stored procedure that books a check-in, another that books an absence with
-- all that follows from it, each in one transaction, in the same server.  Run once by the benchmark, after the suite has booked
-- something: the bodies of its events are copied, so that events here have the same types and sizes.
--
-- Its tables are made from the suite's (columns, checks, indexes, fill factors), so they stay what those are.  Each fact stands
-- once: what a service keeps as a copy of another's (accountability.finding, funding.measure, measure_home) has no table here, and a
-- message is written as sent at once instead of queued, timed and changed.  Events are hashed, but not chained: a chain would make
-- transactions wait for each other.  All that is in the yardstick's favour.

create schema yardstick;

create table yardstick.source (name text primary key, likes regclass not null);
insert into yardstick.source values
    ('person', 'accountability.person'), ('posting', 'accountability.posting'), ('unit', 'accountability.unit'), ('policy', 'accountability.policy'),
    ('village', 'attendance.village'), ('answer', 'engine.answer'), ('event', 'supervision.event'),
    ('finding', 'supervision.finding'), ('finding_move', 'supervision.finding_move'), ('measure', 'accountability.measure'),
    ('checkin', 'attendance.checkin'), ('attendance_day', 'attendance.day'),
    ('day', 'funding.day'), ('ledger', 'funding.ledger'), ('stipend_month', 'funding.stipend_month'),
    ('alert', 'alerts.alert'), ('told', 'alerts.told');
select format('create table yardstick.%I (like %s including all) %s', s.name, s.likes,
              case when c.reloptions is null then '' else 'with (' || array_to_string(c.reloptions, ', ') || ')' end)
  from yardstick.source s join pg_class c on c.oid = s.likes \gexec
select format('insert into yardstick.%I select * from %s', name, likes)
  from yardstick.source where name in ('person', 'posting', 'unit', 'policy', 'village') \gexec

create table yardstick.sample (type text primary key, body bytea not null);
select format('insert into yardstick.sample select distinct on (type) type, body from %I.event where type ~ %L order by type, seq desc', s,
              '(FindingNoted|FindingConfirmed|MeasuresChanged|DayStatusChanged|CheckinRecorded|StipendCancelled|AlertQueued|AlertSent)$')
  from unnest(array['attendance', 'supervision', 'accountability', 'funding', 'alerts']) as s \gexec

create table yardstick.rate (from_day date primary key, fen bigint not null);
insert into yardstick.rate values ('2017-08-01', 10000);

create sequence yardstick.id;
create sequence yardstick.event_seq;

-- The ladder (rules.md §5).  span: of the calendar, or of time from the decision on; null: no end.
create table yardstick.ladder (
    rung integer, kind text, clause text not null, calendar text, lasting interval, reason_zh text not null, reason_en text not null,
    primary key (rung, kind)
);
insert into yardstick.ladder
select rung, kind, clause, calendar, lasting::interval,
       format('无故脱岗 %s 次的驻村帮扶干部，取消其当月驻村补助。', rung), format('Unexcused absence number %s: the village stipend of that month is cancelled.', rung)
  from (values (1, 'stipend_cancelled', 'C3.2.1-1', 'month', null),
               (2, 'stipend_cancelled', 'C3.2.1-2', 'quarter', null), (2, 'assessment_cancelled', 'C3.2.1-2', 'year', null),
               (2, 'admonishment_talk', 'C3.2.1-2', null, null), (2, 'award_ban', 'C3.2.1-2', null, '1 year'),
               (2, 'promotion_freeze', 'C3.2.1-2', null, '6 months'),
               (3, 'stipend_cancelled', 'C3.2.1-3', 'year', null), (3, 'recall', 'C3.2.1-3', null, null)) as l(rung, kind, clause, calendar, lasting);

-- In plpgsql, which keeps plans; a function in SQL would be planned at each call.
create function yardstick.say(d text, types text[]) returns void language plpgsql as $$
begin
    insert into yardstick.event (partition, seq, hash, type, district, at_us, body)
    select e.partition, nextval('yardstick.event_seq'), sha256(s.body), s.type, d, clock_timestamp(), s.body
      from unnest(types) as t(type) join yardstick.sample s on s.type = t.type, engine.district e where e.district = d;
end $$;

create function yardstick.keep_answer(d text, k text, says text) returns void language plpgsql as $$
begin
    insert into yardstick.answer (district, account, key, service, fingerprint, status, body, at_us)
    values (d, 'operator', k, 'yardstick', sha256(convert_to(k, 'UTF8')), 201, convert_to(says, 'UTF8'), clock_timestamp());
end $$;

create function yardstick.checkin(k text, d text, p text, v text, captured timestamptz) returns text language plpgsql as $$
declare
    said text; id text; of_unit text; rate_fen bigint; began boolean;
    at_day date := (captured at time zone 'Asia/Shanghai')::date;
    at_month date := date_trunc('month', captured at time zone 'Asia/Shanghai')::date;
begin
    select convert_from(body, 'UTF8') into said from yardstick.answer where district = d and account = 'operator' and key = k;
    if found then return said; end if;
    perform from yardstick.posting where district = d and person_id = p and village_id = v and from_day <= at_day and (to_day is null or at_day < to_day);
    if not found then raise exception 'not posted'; end if;
    perform from yardstick.village where district = d and village_id = v and from_day <= current_date and radius_m is null;
    id := 'C' || lpad(nextval('yardstick.id')::text, 12, '0');
    insert into yardstick.checkin (district, checkin_id, person_id, village_id, captured_at_us, received_at_us, result)
    values (d, id, p, v, captured, clock_timestamp(), 'no_fix');
    insert into yardstick.attendance_day as a (district, person_id, on_day, strong, weak, absences, status) values (d, p, at_day, 0, 1, 0, 'present_weak')
        on conflict (district, person_id, on_day) do update set weak = a.weak + 1
    returning a.weak = 1 and a.strong = 0 and a.absences = 0 into began;
    if began then
        select unit_id into of_unit from yardstick.person where district = d and person_id = p and from_day <= at_day order by from_day desc limit 1;
        if not found then
            select unit_id into of_unit from yardstick.person where district = d and person_id = p order by from_day limit 1;
        end if;
        select fen into rate_fen from yardstick.rate where from_day <= at_day order by from_day desc limit 1;
        insert into yardstick.day values (d, p, at_month, at_day, true, of_unit, rate_fen, 1, '', 0, 0, 1);
        insert into yardstick.ledger values (d, p, at_day, 1, 'accrual', 'unit:' || of_unit, 'person:' || p, rate_fen, null, '', id, clock_timestamp());
        insert into yardstick.stipend_month as m values (d, at_month, p, rate_fen, 0, 0, 0)
            on conflict (district, month_day, person_id) do update set accrued_fen = m.accrued_fen + excluded.accrued_fen;
    end if;
    perform yardstick.say(d, array['attendance.CheckinRecorded']);
    perform yardstick.keep_answer(d, k, id);
    return id;
end $$;

create function yardstick.absence(k text, d text, p text, at_day date) returns text language plpgsql as $$
declare
    said text; f text; m text; root text; of_unit text; head text; version text; rung_is integer;
    today date := (now() at time zone 'Asia/Shanghai')::date;
begin
    select convert_from(body, 'UTF8') into said from yardstick.answer where district = d and account = 'operator' and key = k;
    if found then return said; end if;
    perform pg_advisory_xact_lock(hashtextextended(p, 0));          -- two absences of one person are counted one after the other
    perform from yardstick.posting where district = d and person_id = p and from_day <= at_day and (to_day is null or at_day < to_day);
    if not found then raise exception 'not posted'; end if;
    select unit_id into of_unit from yardstick.person where district = d and person_id = p order by from_day limit 1;
    select head_person_id into head from yardstick.unit where district = d and unit_id = of_unit and head_person_id is not null order by from_day desc limit 1;
    select o.version into version from yardstick.policy o where o.district = d and effective_from_day <= at_day order by effective_from_day desc limit 1;
    -- the fact
    f := 'F' || lpad(nextval('yardstick.id')::text, 12, '0');
    m := 'm-' || left(encode(sha256(convert_to(f, 'UTF8')), 'hex'), 16);
    root := 'supervision/0/' || f;
    insert into yardstick.finding (district, finding_id, kind, person_id, on_day, source, bulletin, major, evidence_sha256, noted_by, noted_at_us)
    values (d, f, 'unexcused_absence', p, at_day, 'covert', '', false, '{}', 'operator', clock_timestamp());
    insert into yardstick.finding_move (district, finding_id, seq, state, confirmed_by, confirmed_day) values (d, f, 1, 'confirmed', 'operator', today);
    insert into yardstick.attendance_day as a (district, person_id, on_day, strong, weak, absences, status) values (d, p, at_day, 0, 0, 1, 'absent_confirmed')
        on conflict (district, person_id, on_day) do update set absences = a.absences + 1;
    -- the measures of the rung that is reached
    select least(count(distinct x.on_day), 3) into rung_is
      from yardstick.finding x
     where x.district = d and x.person_id = p and extract(year from x.on_day) = extract(year from at_day)
       and (select state from yardstick.finding_move y where y.district = d and y.finding_id = x.finding_id order by seq desc limit 1) = 'confirmed';
    insert into yardstick.measure (district, case_id, measure_id, unit_id, ladder, kind, clause, window_year, policy, rung, from_day, until_day, state, cause,
                                   reason_zh, reason_en, absence_day, decided_day, approval)
    select d, p, case when l.kind = 'stipend_cancelled' then m else m || '-' || l.kind end, '', 'absence', l.kind, l.clause, extract(year from at_day), version, l.rung,
           case when calendar is null then today else date_trunc(calendar, at_day)::date end,
           case when calendar is not null then (date_trunc(calendar, at_day) + case calendar when 'quarter' then '3 months' else '1 ' || calendar end::interval)::date
                else (today + lasting)::date end,
           'in_force', array[f], format('%s（脱岗日期：%s；决定日期：%s）', l.reason_zh, at_day, today), format('%s (absent on %s; decided on %s)', l.reason_en, at_day, today),
           at_day, today, 'automatic'
      from yardstick.ladder l where l.rung = rung_is;
    -- the money
    with cancelled as (
        update yardstick.day y set cancelled_by = m, cancelled_fen = accrued_fen, cancelled_seq = transfers + 1, transfers = transfers + 1
          from yardstick.measure s
         where s.district = d and s.case_id = p and s.measure_id = m and y.district = d and y.person_id = p
           and y.month_day >= s.from_day and y.month_day < s.until_day and y.accrued_fen > 0 and y.cancelled_fen = 0
        returning y.month_day, y.on_day, y.unit_id, y.cancelled_fen, y.cancelled_seq),
    booked as (
        insert into yardstick.ledger
        select d, p, on_day, cancelled_seq, 'cancellation', 'person:' || p, 'unit:' || unit_id, cancelled_fen, null, m, root, clock_timestamp() from cancelled)
    update yardstick.stipend_month t set cancelled_fen = t.cancelled_fen + c.fen
      from (select month_day, sum(cancelled_fen) as fen from cancelled group by month_day) c
     where t.district = d and t.month_day = c.month_day and t.person_id = p;
    -- the messages, and what they are about
    insert into yardstick.alert (district, root, person_id, alert_id, template, version, text_zh, text_en, segments, cause, finding_id, measures, fallen, correction,
                                 state, reason, at_us, due_us)
    select d, root, r, 'A' || lpad(nextval('yardstick.id')::text, 12, '0'), 'measures_imposed', 1,
           format('关于驻村人员%s（无故脱岗：%s第%s次）：取消%s驻村补助。依据：C3.2.1-%s。', p, at_day, rung_is, to_char(at_day, 'YYYY"年"MM"月"'), rung_is),
           format('About helper %s (unexcused absence: %s, number %s): the village stipend of %s is cancelled. Grounds: C3.2.1-%s.', p, at_day, rung_is, to_char(at_day, 'YYYY-MM'), rung_is),
           1, f, f, array[m], '{}', false, 'sent', '', clock_timestamp(), clock_timestamp()
      from unnest(array[p, head]) as r;
    insert into yardstick.told (district, about, person_id, root) select d, about, r, root from unnest(array[f, m]) as about, unnest(array[p, head]) as r;
    perform yardstick.say(d, array['supervision.FindingNoted', 'supervision.FindingConfirmed', 'attendance.DayStatusChanged',
                                   'accountability.MeasuresChanged', 'funding.StipendCancelled', 'alerts.AlertQueued', 'alerts.AlertQueued',
                                   'alerts.AlertSent', 'alerts.AlertSent']);
    perform yardstick.keep_answer(d, k, f);
    return f;
end $$;

-- Person n of the benchmark: see world.py.
create function yardstick.district_of(n bigint, districts integer) returns text immutable language sql as $$ select (511800 + n % districts)::text $$;
create function yardstick.person_of(n bigint) returns text immutable language sql as $$ select 'p' || lpad(n::text, 7, '0') $$;
create function yardstick.village_of(n bigint) returns text immutable language sql as $$ select 'v' || lpad((n / 7 % 50)::text, 2, '0') $$;

-- What a round of check-ins would have left for absences from turn a to turn b: two days' stipend each.  Not measured.
create function yardstick.accrue(a bigint, b bigint, people integer, districts integer) returns void language plpgsql as $$
begin
    create temporary table accrued on commit drop as
    select yardstick.district_of(n % people, districts) as d, yardstick.person_of(n % people) as p, 'u' || lpad((n % people / 3 % 20)::text, 2, '0') as u,
           make_date((2018 + n / people)::integer, 3, 1) as m, make_date((2018 + n / people)::integer, 3, at_day) as at_day
      from generate_series(a, b) as n, unnest(array[5, 6]) as at_day;
    insert into yardstick.attendance_day (district, person_id, on_day, strong, weak, absences, status)
        select d, p, at_day, 0, 1, 0, 'present_weak' from accrued;
    insert into yardstick.day select d, p, m, at_day, true, u, 10000, 1, '', 0, 0, 1 from accrued;
    insert into yardstick.ledger select d, p, at_day, 1, 'accrual', 'unit:' || u, 'person:' || p, 10000, null, '', 'made', clock_timestamp() from accrued;
    insert into yardstick.stipend_month select d, m, p, 20000, 0, 0, 0 from accrued group by d, m, p;
end $$;
