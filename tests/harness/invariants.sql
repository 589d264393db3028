-- invariants - what must hold of a quiet installation; read by invariants.c and by tests/chaos.  Each statement yields the rows for
-- which it does not hold.  Of one that names {service}, each service is asked.

-- name: §10.2 every consumer has read every producer to its head
select * from engine.edge where head <> cursor;

-- name: a cursor at the head has the head's hash
select * from engine.cursor k join engine.head h on h.service = k.producer and h.partition = k.partition
 where k.seq = h.seq and k.hash <> h.hash;

-- name: nothing is queued to be looked at again
select * from engine.work;

-- name: no timer is overdue
select * from engine.timer where due_us <= (select now_us from engine.clock);

-- name: nothing was put aside
select * from engine.parked;

-- name: §10.6 every transfer has two entries that sum to zero; a run may pay a person for several months at once
select * from (select district, person_id, valid_on_day, seq from funding.entry group by district, person_id, valid_on_day, seq
 having sum(fen) <> 0 or case when seq is null then count(*) % 2 <> 0 else count(*) <> 2 end) x;

-- name: §7 a reversal is the exact opposite of what it reverses
select * from funding.ledger r left join funding.ledger o on (o.district, o.person_id, o.valid_on_day, o.seq) =
 (r.district, r.person_id, r.valid_on_day, r.reverses) where r.reverses is not null and
 (o.seq is null or o.reverses is not null or o.purpose <> r.purpose or o.debit <> r.credit or o.credit <> r.debit or o.fen <> r.fen
 or o.measure_id <> r.measure_id);

-- name: §7 the ledger is numbered without gaps for each day
select * from (select seq, row_number() over (partition by district, person_id, valid_on_day order by seq) as n from funding.ledger) x
 where seq <> n;

-- name: §7 a day's ledger is what the day says
select * from funding.day d left join (select district, person_id, valid_on_day,
 coalesce(sum(fen) filter (where purpose = 'accrual'), 0) as accrued, coalesce(-sum(fen) filter (where purpose = 'cancellation'), 0) as cancelled
 from funding.entry where account = 'person:' || person_id group by 1, 2, 3) l
 on (l.district, l.person_id, l.valid_on_day) = (d.district, d.person_id, d.on_day)
 where (d.accrued_fen, d.cancelled_fen) is distinct from (coalesce(l.accrued, 0), coalesce(l.cancelled, 0));

-- name: §7 a day is accrued once and cancelled once, to one person
select * from (select district, person_id, valid_on_day, purpose, sum(case when reverses is null then 1 else -1 end) as n
 from funding.ledger group by 1, 2, 3, 4) x where n not in (0, 1);

-- name: §10.6 of every closed run, ledger and payroll are the same money
select * from funding.payroll_proof where not holds;

-- name: §10.8 money is cancelled by a measure that is known
select * from funding.ledger l where l.measure_id <> '' and not exists (select from accountability.measure m
 where (m.district, m.case_id, m.measure_id) = (l.district, l.person_id, l.measure_id));

-- name: §5 a cancelled day is cancelled by a measure in effect that covers it
select * from funding.day d where d.cancelled_by <> '' and not exists (select from accountability.measure m
 where (m.district, m.case_id, m.measure_id) = (d.district, d.person_id, d.cancelled_by) and m.state in ('in_force', 'served')
 and m.kind = 'stipend_cancelled' and m.from_day <= d.on_day and d.on_day < m.until_day);

-- name: §5 a paid day that a measure in effect covers is cancelled
select * from funding.day d join accountability.measure m on (m.district, m.case_id) = (d.district, d.person_id)
 and m.kind = 'stipend_cancelled' and m.state in ('in_force', 'served') and m.from_day <= d.on_day and d.on_day < m.until_day
 where d.accrued_fen > 0 and d.cancelled_fen = 0;

-- name: §10.8 every measure that stands has causes, each a confirmed finding about its person, or whom it is about
select * from accountability.measure m left join lateral unnest(m.cause) as k(id) on true where m.state <> 'revoked' and not exists (
 select from supervision.finding f where (f.district, f.finding_id) = (m.district, k.id) and (f.person_id = coalesce(nullif(m.cause_of, ''), m.case_id)
 or exists (select from accountability.finding c where m.case_id like 'unit/%' and (c.district, c.case_id, c.finding_id) = (m.district, m.case_id, k.id)))
 and 'confirmed' = (
 select v.state from supervision.finding_move v where (v.district, v.finding_id) = (f.district, f.finding_id) order by v.seq desc limit 1));

-- name: C3.1.1: what is found counts for the unit that it names, or that the person was of on its date, and for no other
select * from (select f.district, f.finding_id, 'unit/' || coalesce(f.unit_id, (select p.unit_id from accountability.person p
 where (p.district, p.person_id) = (f.district, f.person_id) and p.from_day <= f.on_day order by p.from_day desc limit 1)) as case_id, true as due
 from supervision.finding f where f.kind <> 'unexcused_absence' and exists (select from supervision.finding_move v
 where (v.district, v.finding_id) = (f.district, f.finding_id) and v.state = 'confirmed')) s
 full join (select district, finding_id, case_id, true as kept from accountability.finding where case_id like 'unit/%') a
 using (district, finding_id, case_id) where due is distinct from kept;

-- name: C3.1.1: a head answers who headed the unit on the date that reached the rung
select * from accountability.measure m where m.state <> 'revoked' and m.ladder = 'criticism' and m.unit_id <> '' and m.head_person_id <> coalesce(
 (select u.head_person_id from accountability.unit u where (u.district, u.unit_id) = (m.district, m.unit_id) and u.from_day <= m.absence_day
 order by u.from_day desc limit 1), (select u.head_person_id from accountability.unit u where (u.district, u.unit_id) = (m.district, m.unit_id)
 and u.head_person_id is not null and not exists (select from accountability.unit e where (e.district, e.unit_id) = (m.district, m.unit_id)
 and e.from_day <= m.absence_day and e.head_person_id is not null) order by u.from_day limit 1), '');

-- name: C3.1.1-1: who was criticised in a year, and not from above, which may enter at a rung that is the head's alone, has a measure that stands wherever rungs have measures
select * from accountability.finding f where f.kind = 'written_criticism' and f.state = 'confirmed' and f.on_day >= '2017-08-01'
 and exists (select from accountability.policy p where p.district = f.district and p.document_json like '%C3.1.1-1%')
 and not exists (select from accountability.policy p where p.district = f.district and p.document_json not like '%C3.1.1-1%')
 and not exists (select from accountability.measure m where (m.district, m.case_id) = (f.district, f.case_id) and m.ladder = 'criticism'
 and m.state <> 'revoked' and m.window_year = extract(year from f.on_day))
 and not exists (select from accountability.finding s where (s.district, s.case_id) = (f.district, f.case_id) and s.kind = f.kind
 and s.source = 'superior' and extract(year from s.on_day) = extract(year from f.on_day));

-- name: C3.2.2: of what is sealed nobody was told but the department, and nobody of himself
select a.* from alerts.alert a where a.state <> 'failed' and (a.sealed
   or exists (select from alerts.told t join accountability.measure m on (m.district, m.measure_id) = (t.district, t.about)
               where (t.district, t.root, t.person_id) = (a.district, a.root, a.person_id) and m.kind = 'referral')
   or exists (select from supervision.finding f where (f.district, f.finding_id) = (a.district, a.finding_id)
               and f.kind in ('fund_misuse', 'discipline_violation') and a.template in ('finding_confirmed', 'finding_annulled', 'hearing_missed')))
   and (not a.sealed or a.person_id = a.about_person_id
        or not exists (select from alerts.department d where (d.district, d.person_id) = (a.district, a.person_id)));

-- name: C3.2.2: of what is sealed nobody was sent word who has a part in it, as reads judge it; where nobody has moved since it was sent
with sent as (select a.*, (greatest(a.at_us, a.due_us) at time zone 'Asia/Shanghai')::date as sent_on from alerts.alert a where a.sealed and a.state = 'sent')
select a.* from sent a
 where not exists (select from alerts.person p where p.district = a.district and p.person_id in (a.person_id, a.about_person_id) and p.from_day >= a.sent_on)
   and not exists (select from alerts.unit u where u.district = a.district and u.from_day >= a.sent_on)
   and (exists (select from (select a.about_unit_id union all select alerts.sealed_units(a.district, a.about_person_id, a.about_day, false)) theirs (unit_id)
                join alerts.sealed_units(a.district, a.person_id, a.about_day, true) own (unit_id) using (unit_id) where unit_id <> '')
        or exists (select from alerts.sealed_units(a.district, a.about_person_id, a.about_day, true) theirs (unit_id)
                   join alerts.sealed_units(a.district, a.person_id, a.about_day, false) own (unit_id) using (unit_id) where unit_id <> ''));

-- name: §3 a day's absences are the confirmed findings of absence on it
select * from (select district, person_id, on_day, absences from attendance.day where absences <> 0) a full join (
 select f.district, f.person_id, f.on_day, count(*) as absences from supervision.finding f where f.kind = 'unexcused_absence' and 'confirmed' = (
 select v.state from supervision.finding_move v where (v.district, v.finding_id) = (f.district, f.finding_id) order by v.seq desc limit 1)
 group by 1, 2, 3) f using (district, person_id, on_day) where a.absences is distinct from f.absences;

-- name: §3 what was told of a day last is what its evidence says
select * from attendance.day where status is distinct from case when absences > 0 then 'absent_confirmed' when strong > 0 then 'present'
 when weak > 0 then 'present_weak' when status in ('unknown', 'rest_day') then status end;

-- name: §3 without evidence it is what the calendar says that the district has put, however late
select * from attendance.day d join attendance.calendar c on c.district = d.district and c.year = extract(year from d.on_day)
 where d.status in ('unknown', 'rest_day') and (d.status = 'unknown') <> case when strpos(c.lines, d.on_day || ',1,') > 0 then true
 when strpos(c.lines, d.on_day || ',0,') > 0 then false else extract(isodow from d.on_day) < 6 end;

-- name: §3 the calendar by which days are judged is the one that stands
select * from roster.calendar r full join attendance.calendar a using (district, year)
 where (r.version, r.lines) is distinct from (a.version, a.lines);

-- name: §5 Identity: one measure for each subject, clause, kind and window
select * from (select district, case_id, clause, kind, window_year from accountability.measure
 group by district, case_id, unit_id, head_person_id, clause, kind, window_year, recall_id having count(*) > 1) x;

-- name: §5 a recall is open while its measure stands
select * from accountability.measure m left join accountability.recall r
 on (r.district, r.person_id, r.recall_id) = (m.district, m.case_id, m.measure_id)
 where m.kind = 'recall' and (r.recall_id is null or (r.state = 'cancelled') <> (m.state in ('revoked', 'lifted')) or
 (m.state <> 'revoked' and r.cause <> m.cause));

-- name: §5 a recall measure is in the state of its case
select * from accountability.measure m join accountability.recall r on (r.district, r.person_id, r.recall_id) = (m.district, m.case_id, m.measure_id)
 where m.state <> 'revoked' and m.state <> case when r.state in ('ordered', 'handed_over') then 'in_force' when r.state = 'replaced' then 'served'
 when r.state = 'cancelled' then 'lifted' else 'proposed' end;

-- name: A7 the recalls counted for a unit are those ordered and not cancelled
select * from (select district, recall_id, person_id, unit_id, ordered_day, cause from accountability.recall where state in ('ordered', 'handed_over', 'replaced')) r
 full join accountability.unit_recall u using (district, recall_id)
 where (r.person_id, r.unit_id, r.ordered_day, r.cause) is distinct from (u.person_id, u.unit_id, u.ordered_day, u.cause);

-- name: C3.2.1-r: a ban and a freeze stand for each ordered recall, and for no other
select * from (select district, recall_id, count(*) as n from accountability.measure where ladder = 'recall' and state <> 'revoked' group by 1, 2) m
 full join accountability.unit_recall u using (district, recall_id) where m.n is distinct from 2 or u.recall_id is null;

-- name: C3.2.1-rr: the head takes the post for the second and every later recall of the unit, and for no other
select * from (select district, recall_id, unit_id from accountability.measure where ladder = 'head' and state <> 'revoked') m
 full join (select district, recall_id, unit_id, row_number() over (partition by district, unit_id order by ordered_seq) as place
 from accountability.unit_recall) u using (district, recall_id, unit_id) where (m.recall_id is null) <> (coalesce(u.place, 0) < 2);

-- name: C3.2.1-r: a posting ends no later than the day after its recall was ordered
select * from accountability.unit_recall u join accountability.recall r using (district, person_id, recall_id)
 join roster.posting p on (p.district, p.posting_id) = (u.district, r.posting_id) where p.to_day is null or p.to_day > u.ordered_day + 1;

-- name: C3.2.1-r: a post is vacant from the order on until it is filled, and only then
select * from accountability.unit_recall u join accountability.recall r using (district, person_id, recall_id)
 left join roster.vacancy v on (v.district, v.vacancy_id) = (u.district, u.recall_id)
 where v.state is null or v.state = 'withdrawn' or (r.state = 'replaced' and v.state <> 'filled');

-- name: C3.2.1-r: no post waits for a recall that does not count any more
select * from roster.vacancy v where v.state = 'open' and not exists (
 select from accountability.unit_recall u where (u.district, u.recall_id) = (v.district, v.vacancy_id));

-- name: A98: nothing stands refused that rests on what was not decided
select * from accountability.measure m where m.state in ('rejected', 'lifted') and not exists (select from accountability.decision d
 where (d.district, d.case_id, d.measure_id, d.state) = (m.district, m.case_id, m.measure_id, m.state)
 and array(select case m.ladder when 'criticism' then f.bulletin when 'case' then f.finding_id else f.on_day::text end
 from accountability.finding f where f.district = m.district and f.case_id = coalesce(nullif(m.cause_of, ''), m.case_id)
 and f.finding_id = any (m.cause)) <@ d.counted);

-- name: §5 a recall's due date that is over has been told
select * from accountability.recall r, engine.clock k where r.due_day is not null and not r.overdue
 and ((r.due_day + 1)::timestamp at time zone 'Asia/Shanghai') <= k.now_us;

-- name: §8 one input tells a recipient once
select * from (select district, root, person_id from alerts.alert group by district, root, person_id having count(*) > 1) x;

-- name: §10.8 every alert is about a fact that is known
select * from alerts.alert a where a.finding_id <> '' and not exists (select from supervision.finding f
 where (f.district, f.finding_id) = (a.district, a.finding_id));

-- name: §8 the first message that somebody gets corrects nothing
select * from alerts.alert a where a.correction and a.state <> 'failed' and not exists (select from alerts.alert b where (b.district, b.person_id) = (a.district, a.person_id)
 and b.alert_id < a.alert_id and b.state <> 'failed');

-- name: §8 whatever a message mentions has a name to be called by
select * from alerts.alert where text_zh ~ '⟦[a-z]+/(@[0-9]*)?⟧' or text_en ~ '⟦[a-z]+/(@[0-9]*)?⟧';

-- name: §10.9 what an event is about lies in its own district's partition
select * from (select partition, district from roster.event union select partition, district from supervision.event
 union select partition, district from attendance.event union select partition, district from accountability.event
 union select partition, district from funding.event union select partition, district from alerts.event
 union select partition, district from incentives.event) e
 where not exists (select from engine.district d where d.district = e.district and d.partition = e.partition);

-- name: the event log of {service} is dense and chained
select * from (select seq, hash, row_number() over w as n,
 sha256(coalesce(lag(hash) over w, ''::bytea) || int8send(seq) || convert_to(type, 'UTF8') || body) as due
 from {service}.event window w as (partition by partition order by seq)) e where seq <> n or hash <> due;

-- name: the head of {service} is its last event
select * from engine.head h left join lateral (select seq, hash from {service}.event e where e.partition = h.partition order by seq desc limit 1) e
 on true where h.service = '{service}' and (h.seq, h.hash) is distinct from (coalesce(e.seq, 0), coalesce(e.hash, '\x'));
