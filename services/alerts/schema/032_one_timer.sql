-- one timer: whatever waits for one person and one moment is sent by one timer, no more by one for each message.  Stop all replicas of alerts first: one of the version
-- before would not know what such a timer asks for.

with each as (delete from engine.timer where service = 'alerts' and kind = 'send' returning partition, district, subject, due_us)
insert into engine.timer (service, partition, district, kind, subject, due_us)
select distinct 'alerts', partition, district, 'send',
       split_part(subject, ' ', 2) || ' ' || (extract(epoch from due_us) * 1000000)::bigint, due_us
  from each;
