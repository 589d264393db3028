-- What every service's loop asks of the database (schema engine, and the service's own event log).

-- owner: who holds it now, '' nobody; as engine.holding says, but who lives is found out once, not for each partition.
-- retry: the operator wants something of it to be tried again.
-- now_us, trusted_us: the last instant that was decided at, and up to where the operator has accepted that it may go on.
-- name: opened - -> Open
with live as materialized (select instance, since_us, pid from engine.live where service = current_user)
select d.partition, coalesce(g.instance, '') as owner, coalesce(h.home, '') as home, coalesce(h.epoch, 0) as epoch,
       coalesce(h.now_us, 'epoch') as now_us, coalesce(h.trusted_us, 'epoch') as trusted_us,
       exists (select from engine.parked k where k.service = current_user and k.partition = d.partition and k.wanted) as retry
  from (select distinct partition from engine.district) as d
  left join engine.head h on h.service = current_user and h.partition = d.partition
  left join live g on g.instance = h.owner and coalesce(g.pid = h.pid, g.since_us <= h.heard_us)
 order by d.partition;

-- prompt: its loop turns, not only its connection stands.
-- name: replicas - -> Replica
select instance, seen_us > clock_timestamp() - interval '2 seconds' as prompt from engine.live where service = current_user order by instance;

-- What this machine's clock is held against, as of now.
-- name: clocks - -> Clocks
select database_us, accepted, peers, peers_off_us from engine.clocks;

-- name: beat Beat
select from engine.beat(:instance, :clock_us);

-- Said with the first beat: who is alone looks seldom.
-- name: come
select from pg_notify('zhucun_share', '-' || current_user);

-- name: lock Lock -> Partition
select p as partition from unnest(:partition::integer[]) as p where pg_try_advisory_lock(:service_class, p);

-- A session that the server cannot end by itself: it waits for a frozen client to take what it has been sent.  No loop that
-- turns is silent for so long.  Silent since 30 seconds before our own last word, not the server's clock, which may have stepped.
-- name: oust - -> Replica
select l.instance, pg_terminate_backend(l.pid) as prompt from engine.live l, engine.live m
 where l.service = current_user and m.service = current_user and m.pid = pg_backend_pid() and l.seen_us < m.seen_us - interval '30 seconds';

-- name: unlock Lock -> Partition
select p as partition from unnest(:partition::integer[]) as p where pg_advisory_unlock(:service_class, p);

-- name: give Give
select from engine.give(:partition, :epoch, :for_good);

-- name: take Take -> Taken
select t.partition, t.epoch, t.seq, t.hash, t.now_us, t.starts, t.trying from engine.take(:partition, :instance) as t;

-- name: cursors_of Partition -> Cursor
select partition, producer, seq, hash from engine.cursor where consumer = current_user and partition = any(:partition);

-- name: consumed - -> Producer
select producer from engine.consumes where consumer = current_user order by producer;

-- Of which subjects something lies aside: not what, of which there may be much.
-- name: held_of Partition -> HeldSubject
select partition, district, subject, wanted from engine.held_of(:partition);

-- Of a subject that is wanted, in the order in which they were read.
-- name: parked_next Partition -> Parked
select k.partition, k.producer, k.seq, k.district, k.subject, k.type, k.body, k.reason, k.parked_us, k.turn, k.wanted
  from engine.parked k
 where k.service = current_user and k.partition = any(:partition)
   and exists (select from engine.parked w where w.service = k.service and w.partition = k.partition and w.district = k.district and w.subject = k.subject and w.wanted)
 order by k.turn, k.parked_us, k.seq limit 1;

-- name: retried Refused
select from engine.retried(:partition::integer, :producer::text, :seq::bigint);

-- name: refused Refused
select from engine.refused(:partition::integer, :producer::text, :seq::bigint, :reason::text);

-- name: journal_turns JournalTurn
select from engine.take_turns(:partition, :turn, :producer);

-- Of whom each partition has read last.
-- name: journal_turns_of Partition -> JournalTurn
select partition, turn, producer from engine.last_turns(:partition);

-- name: journal_notes JournalNote
select from engine.note_ran(:partition, :turn, :own_seq, :kind, :name, :seq, :district, :subject, :cause, :trace, :at_us, :span_from, :span_until);

-- Tables that commands write: what stands in them is in no event.
-- name: own_tables - -> Table
select c.relname::text as name from pg_class c where c.relnamespace = current_schema()::regnamespace and obj_description(c.oid, 'pg_class') ~ '^own';

-- name: look Partition -> Seen
select service, partition, seq from engine.head where partition = any(:partition);

-- Takes a megabyte of the disk that the tables lie on, for what does not stay in memory, and gives it back.
-- name: room -
select from (select from generate_series(1, 1000) as i order by repeat(chr(65 + i % 26), 1000) offset 999) as t;

-- name: clock_now - -> Instant
select now_us from engine.clock;

-- name: clock_advance Instant -> Instant
select t as now_us from engine.advance_clock(:now_us) as t where t is not null;

-- name: districts DistrictArg -> District
select district, partition, opened_us from engine.district where district = any(:district);

-- All services hear of it: its partition may be the first of theirs there.
-- name: district_open District
with o as (insert into engine.district (district, partition, opened_us)
           select * from unnest(:district::text[], :partition::integer[], :opened_us::timestamptz[]) on conflict do nothing returning district)
select from (select from o limit 1) as any_of_them, pg_notify('zhucun_share', '-');

-- name: advance Advance
select from engine.advance(:partition, :epoch, :seq, :next_seq, :hash, :now_us);

-- name: trying Trying
select from engine.trying(:partition, :input);

-- name: cursors_move Cursor
select from engine.move_cursors(:partition, :producer, :seq, :hash);

-- name: events_append Logged
insert into event (partition, seq, hash, type, district, at_us, body)
select * from unnest(:partition::integer[], :seq::bigint[], :hash::bytea[], :type::text[], :district::text[], :at_us::timestamptz[], :body::bytea[]);

-- In the order asked for, as many as begin before :bytes are full.
-- name: events_after Positions -> Logged
select w.partition, w.seq, w.hash, w.type, w.district, w.at_us, w.body
  from (select e.*, k.place, sum(octet_length(e.body)) over (order by k.place, e.seq) - octet_length(e.body) as bytes_before
          from unnest(:partition::integer[], :seq::bigint[]) with ordinality as k(partition, seq, place)
         cross join lateral (select * from event where event.partition = k.partition and event.seq > k.seq
                              order by event.seq limit :limit::integer) as e) as w
 where w.bytes_before < :bytes::bigint
 order by w.place, w.seq;

-- name: answers_keep Answer
select from engine.keep_answers(:district, :account, :key, :fingerprint, :status, :body, :at_us);

-- From the index made for it: see schema/021_looks.sql.  from_us: what has been fired stays in the index until it is vacuumed, and would be passed over
-- each time.
-- name: timers_due Due -> Timer
select partition, district, kind, subject, due_us from engine.due_timers(:partition, :from_us, :now_us, :limit)
 order by due_us, district collate "C", kind collate "C", subject collate "C";

-- name: timers_next Due -> Next
select partition, due_us from engine.next_timers(:partition, :from_us);

-- name: timers_put Timer
insert into engine.timer as t (service, partition, district, kind, subject, due_us)
select current_user, * from unnest(:partition::integer[], :district::text[], :kind::text[], :subject::text[], :due_us::timestamptz[])
    on conflict (service, partition, district, kind, subject) do update set due_us = excluded.due_us;

-- name: timers_drop Timer
select from engine.drop_timers(:partition, :district, :kind, :subject);

-- name: jobs_some Positions -> Job
select partition, district, kind, subject, cause, trace, at_us, span_from, span_until from engine.some_work(:partition, :limit)
 order by at_us, district collate "C", kind collate "C", subject collate "C" limit :limit;

-- name: jobs_done Job
select from engine.work_done(:partition, :district, :kind, :subject);

-- name: jobs_moved Job
select from engine.work_moved(:partition, :district, :kind, :subject, :span_from);

-- Of which of these districts there is any.
-- name: jobs_of District -> District
select district, partition from engine.work_of(:district, :partition);

-- name: park Parked
insert into engine.parked (service, partition, producer, seq, district, subject, type, body, reason, parked_us, turn)
select current_user, * from unnest(:partition::integer[], :producer::text[], :seq::bigint[], :district::text[], :subject::text[], :type::text[],
       :body::bytea[], :reason::text[], :parked_us::timestamptz[], :turn::bigint[])
    on conflict do nothing;

-- The oldest ones, so many at once: see schema/020_growth.sql.
-- name: answers_purge Purge -> Purged
select engine.purge_answers(:now_us, :limit) as rows;

-- Whose rows the next statement sees, and of sealed cases (lib/domain/schema/mirror_sealed.sql) which.
-- name: show_district Asker
select from set_config('zhucun.district', :district, true) as d, set_config('zhucun.eyes', :eyes, true) as e,
            set_config('zhucun.sealed_kinds', :sealed_kinds, true) as k, set_config('zhucun.person', :person, true) as p,
            set_config('zhucun.persons', :persons, true) as w, set_config('zhucun.units', :units, true) as u;

-- The next statement is planned for what it is asked, and not for whatever it may be asked: one with many filters that
-- may be absent takes the index of those that are there.
-- name: plan_anew
select from set_config('plan_cache_mode', 'force_custom_plan', true);

-- name: show_partitions Positions
select from set_config('zhucun.partitions', array_to_string(:partition::integer[], ','), true);

-- name: lag Partition -> Lag
select engine.lag(p) as lag, engine.parked_count(p) as parked from unnest(:partition::integer[]) as p;

-- name: progress Partition -> ProgressRow
with live as materialized (select service, instance, since_us, pid from engine.live)
select h.service, h.partition, h.epoch, h.seq, coalesce(g.instance, '') as owner
  from engine.head h left join live g on g.service = h.service and g.instance = h.owner and coalesce(g.pid = h.pid, g.since_us <= h.heard_us)
 where h.partition = any(:partition) order by h.service;

-- name: edges Partition -> Edge
select producer, consumer, partition, head, cursor from engine.edge where partition = any(:partition) order by consumer, producer;

-- name: status - -> Status
select service, partitions, unowned, parked, timers_due, work_queued from engine.status();

-- name: status_replicas - -> StatusReplica
select l.service, l.instance, l.since_us, l.seen_us, (select count(*) from engine.holding g where g.service = l.service and g.instance = l.instance) as partitions
  from engine.live l order by l.service, l.instance;

-- Also of partitions that a consumer has not begun with.
-- name: status_edges - -> StatusEdge
select consumer, producer, sum(head - cursor)::bigint as lag from engine.edge group by consumer, producer order by consumer, producer;

-- name: status_lag - -> Lag
select coalesce(sum(engine.lag(d.partition)), 0)::bigint as lag, coalesce(sum(engine.parked_count(d.partition)), 0)::bigint as parked
  from (select distinct partition from engine.district) as d;

-- name: answers_of AnswerKey -> Answer
select a.district, a.account, a.key, a.service, a.fingerprint, a.status, a.body, a.at_us
  from unnest(:district::text[], :account::text[], :key::text[]) as k(d, a, k)
 cross join lateral (select * from engine.answer a where a.district = k.d and a.account = k.a and a.key = k.k and a.service = current_user offset 0) as a;

-- name: cursors_of_consumer ConsumerAt -> Cursor
select partition, producer, seq, hash from engine.cursor where consumer = :consumer and partition = any(:partition);
