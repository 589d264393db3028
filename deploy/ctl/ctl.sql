-- What zhucunctl asks.  Tables are named with their schemas, but for `event`, which is the log of the service whose schema is
-- the search path.

-- Partitions that have a head, events, or both.
-- name: log_parts Service -> LogPart
select p::integer as partition, h.service is null as headless, coalesce(h.epoch, 0) as epoch, coalesce(h.seq, 0) as seq, coalesce(h.hash, ''::bytea) as hash
  from generate_series(0, 63) as p
  left join engine.head h on h.service = :service and h.partition = p
 where h.service is not null or exists (select from event e where e.partition = p)
 order by p;

-- name: districts - -> engine_rows.District
select district, partition, opened_us from engine.district order by district;

-- Of who reads the events of :service, whose log is the search path.
-- name: cursor_faults Service -> Fault
select distinct on (what, consumer) consumer as service, partition, seq, what, detail
  from (select c.consumer, c.partition, c.seq,
               case when n.consumer is null then 'cursor.stranger'
                    when c.seq > coalesce(h.seq, 0) then 'cursor.beyond_head'
                    when c.seq > 0 and e.seq is null then 'cursor.nowhere'
                    when coalesce(e.hash, ''::bytea) <> c.hash then 'cursor.hash' end as what,
               case when n.consumer is null then 'it is not to read ' || c.producer
                    when c.seq > coalesce(h.seq, 0) then 'it has read ' || c.producer || ' to ' || c.seq || ', whose head is ' || coalesce(h.seq, 0)
                    when c.seq > 0 and e.seq is null then c.producer || ' has no event ' || c.seq
                    when coalesce(e.hash, ''::bytea) <> c.hash then 'event ' || c.seq || ' of ' || c.producer || ' is not the one it has read' end as detail
          from engine.cursor c
          left join engine.consumes n on n.consumer = c.consumer and n.producer = c.producer
          left join engine.head h on h.service = c.producer and h.partition = c.partition
          left join event e on e.partition = c.partition and e.seq = c.seq
         where c.producer = :service) as k
 where what is not null
 order by what, consumer, partition;

-- name: cursor_count - -> Verified
select count(*) as cursors from engine.cursor;

-- A partition's epoch is 1 from its first owner on, and an owner was there before anything was written.
-- name: fence_faults - -> Fault
select distinct on (what, service) service, partition, seq, what, detail
  from (select h.service, h.partition, h.seq, 'fence.epoch' as what, 'its epoch is ' || h.epoch as detail from engine.head h where h.epoch < 1
        union all
        select h.service, h.partition, h.seq, 'fence.clock', 'it has decided at no time, but has said something' from engine.head h
         where h.seq > 0 and h.now_us <= 'epoch'
        union all
        select h.service, h.partition, h.seq, 'fence.ahead', 'it has decided at an instant that is still to come, ' || to_char(h.now_us at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
          from engine.head h where h.now_us > coalesce((select now_us from engine.clock), clock_timestamp()) + interval '1 minute'
        union all
        select h.service, h.partition, h.seq, 'fence.service', 'no service of this name' from engine.head h
         where not exists (select from engine.consumes c where h.service in (c.consumer, c.producer))) as f
 order by what, service, partition;

-- Events that are known to be dated wrongly.
-- name: log_wrong LogKey -> Seq
select seq from engine.clock_event where service = :service and partition = :partition order by seq;

-- ---- money.  A transaction is a row of the ledger (a day's) or of payout (a month's); the view shows its two entries.

-- name: ledger_zero - -> Fault
select 'funding' as service, coalesce(d.partition, -1) as partition, 0::bigint as seq, 'ledger.unbalanced' as what,
       e.district || ' ' || e.person_id || ' ' || e.valid_on_day || coalesce(' transfer ' || e.seq, ' ' || e.purpose) || ': its entries sum to ' || coalesce(e.sum, 0) || ' fen' as detail
  from (select district, person_id, valid_on_day, seq, purpose, cause, sum(fen) as sum, count(*) as n from funding.entry
         group by district, person_id, valid_on_day, seq, purpose, cause) as e
  left join engine.district d on d.district = e.district
 where e.sum is distinct from 0 or e.n % 2 <> 0
 order by e.district, e.person_id, e.valid_on_day, e.seq limit 1;

-- name: ledger_amounts - -> Fault
select 'funding' as service, coalesce(d.partition, -1) as partition, 0::bigint as seq, 'ledger.amount' as what,
       t.district || ' ' || t.person_id || ' ' || t.valid_on_day || coalesce(' transfer ' || t.seq, ' payout') || ': ' || t.fen || ' fen from ' || t.debit || ' to ' || t.credit as detail
  from (select district, person_id, valid_on_day, seq, debit, credit, fen from funding.ledger
        union all select district, person_id, valid_on_day, null, debit, credit, fen from funding.payout) as t
  left join engine.district d on d.district = t.district
 where t.fen <= 0 or t.debit = t.credit
 order by t.district, t.person_id, t.valid_on_day, t.seq limit 1;

-- name: ledger_reversals - -> Fault
select 'funding' as service, coalesce(d.partition, -1) as partition, 0::bigint as seq, 'ledger.reversal' as what,
       r.district || ' ' || r.person_id || ' ' || r.valid_on_day || ' transfer ' || r.seq || ' is not the opposite of ' || r.reverses as detail
  from funding.ledger r
  left join funding.ledger o on (o.district, o.person_id, o.valid_on_day, o.seq) = (r.district, r.person_id, r.valid_on_day, r.reverses)
  left join engine.district d on d.district = r.district
 where r.reverses is not null
   and (o.seq is null or o.reverses is not null
        or (o.purpose, o.debit, o.credit, o.fen, o.measure_id) is distinct from (r.purpose, r.credit, r.debit, r.fen, r.measure_id))
 order by r.district, r.person_id, r.valid_on_day, r.seq limit 1;

-- name: ledger_numbers - -> Fault
select 'funding' as service, coalesce(d.partition, -1) as partition, 0::bigint as seq, 'ledger.gap' as what,
       l.district || ' ' || l.person_id || ' ' || l.valid_on_day || ': transfer ' || l.n || ' is missing' as detail
  from (select district, person_id, valid_on_day, seq, row_number() over (partition by district, person_id, valid_on_day order by seq) as n from funding.ledger) as l
  left join engine.district d on d.district = l.district
 where l.seq <> l.n
 order by l.district, l.person_id, l.valid_on_day, l.seq limit 1;

-- A day's accrual and cancellation are what its transfers say.
-- name: ledger_days - -> Fault
select 'funding' as service, coalesce(p.partition, -1) as partition, 0::bigint as seq, 'ledger.day' as what,
       d.district || ' ' || d.person_id || ' ' || d.on_day || ' says ' || d.accrued_fen || ' accrued and ' || d.cancelled_fen || ' cancelled, its transfers '
       || coalesce(l.accrued, 0) || ' and ' || coalesce(l.cancelled, 0) as detail
  from funding.day d
  left join (select district, person_id, valid_on_day,
                    sum(case when credit = 'person:' || person_id then fen else -fen end) filter (where purpose = 'accrual') as accrued,
                    sum(case when debit = 'person:' || person_id then fen else -fen end) filter (where purpose = 'cancellation') as cancelled
               from funding.ledger group by district, person_id, valid_on_day) as l
         on (l.district, l.person_id, l.valid_on_day) = (d.district, d.person_id, d.on_day)
  left join engine.district p on p.district = d.district
 where (d.accrued_fen, d.cancelled_fen) is distinct from (coalesce(l.accrued, 0), coalesce(l.cancelled, 0))
 order by d.district, d.person_id, d.on_day limit 1;

-- ---- how things stand

-- name: standing - -> Standing
select h.service, h.partition, h.epoch, h.seq as head, coalesce(g.instance, '') as owner,
       (select coalesce(sum(e.head - e.cursor), 0)::bigint from engine.edge e where e.consumer = h.service and e.partition = h.partition) as behind,
       (select count(*) from engine.parked k where k.service = h.service and k.partition = h.partition) as parked,
       (select count(*) from engine.timer t where t.service = h.service and t.partition = h.partition
           and t.due_us <= coalesce((select now_us from engine.clock), clock_timestamp())) as timers_due,
       (select count(*) from engine.work w where w.service = h.service and w.partition = h.partition) as jobs
  from engine.head h left join engine.holding g on g.service = h.service and g.partition = h.partition
 order by h.service, h.partition;

-- name: replicas - -> Replica
select l.service, l.instance, count(g.partition) as partitions, l.seen_us > clock_timestamp() - interval '2 seconds' as prompt
  from engine.live l left join engine.holding g on g.service = l.service and g.instance = l.instance
 group by l.service, l.instance, l.seen_us
 order by l.service, l.instance;

-- ---- what was put aside; '' of a selection is any

-- name: parked RetryArgs -> Parked
select service || '/' || partition || '/' || producer || '/' || seq as id, district, type, parked_us, wanted, reason
  from engine.parked where (:service::text = '' or service = :service) and (:district::text = '' or district = :district)
 order by service, partition, turn, parked_us, seq;

-- name: retry RetryArgs -> Parked
select service || '/' || partition || '/' || producer || '/' || seq as id, district, type, parked_us, wanted, reason
  from engine.retry(:service::text, :partition::integer, :producer::text, :seq::bigint, :district::text) as r
 order by service, partition, turn, parked_us, seq;

-- ---- time

-- name: clock_now - -> ClockNow
select coalesce(h.now_us, clock_timestamp()) as database_us, h.now_us is not null as by_hand from (select max(now_us) as now_us from engine.clock) as h;

-- name: clock_heads - -> ClockHead
select h.service, h.partition, h.now_us as last_us, (extract(epoch from h.now_us - n.now_us))::bigint as ahead_s,
       case when h.now_us > n.now_us + interval '1 minute' then case when h.now_us > h.trusted_us then 'ahead' else 'accepted' end
            when greatest(h.now_us, h.trusted_us) < n.now_us - interval '400 days' then 'long_ago' else 'fine' end as state
  from engine.head h, (select coalesce((select now_us from engine.clock), clock_timestamp()) as now_us) as n
 where h.now_us > 'epoch'
 order by h.service, h.partition;

-- name: clock_replicas - -> ClockReplica
select r.service, r.instance, r.off_us / 1000 as clock_ahead_ms
  from engine.replica r join engine.live l on l.service = r.service and l.instance = r.instance
 order by r.service, r.instance;

-- name: clock_accept ClockWord -> ClockActed
select engine.accept_clock(:reason, :os_user, :machine) as act_id;

-- name: clock_bring_back ClockWord -> ClockActed
select coalesce(engine.bring_back(:reason, :os_user, :machine), 0) as act_id;

-- name: clock_acts ClockActs -> ClockAct
select act_id, what, at_us, login, address, os_user, machine, reason from engine.clock_act where :act_id::bigint in (0, act_id) order by act_id;

-- name: clock_was ClockActs -> ClockWas
select act_id, service, partition, seq as head, was_us from engine.clock_partition where :act_id::bigint in (0, act_id) order by act_id, service, partition;

-- name: clock_events ClockActs -> ClockEvent
select act_id, service || '/' || partition || '/' || seq as id, type, district, at_us from engine.clock_event where :act_id::bigint in (0, act_id)
 order by act_id, service, partition, seq;

-- name: clock_rows ClockActs -> ClockRow
select act_id, service, what, mended, rows, last_us from engine.clock_row where :act_id::bigint in (0, act_id) order by act_id, service, what;

-- ---- rebuilding

-- name: partitions - -> engine_rows.Partition
select distinct partition from engine.district order by partition;

-- name: derived_columns Service -> Column
select c.relname::text as table_name, a.attname::text as column_name, coalesce(a.attnum = any(i.indkey), false) as key
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_index i on i.indrelid = c.oid and i.indisprimary
 where c.relnamespace = (:service::text)::regnamespace and c.relkind = 'r' and obj_description(c.oid, 'pg_class') ~ '^derived'
 order by c.relname, array_position(i.indkey::int2[], a.attnum), a.attnum;
