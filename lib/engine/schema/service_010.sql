-- The event log shows a reader no more than other tables do: the district it was told; or, as it serves old events to consumers, who
-- read partitions, the partitions it was told.  Its writer sees all of it.
alter table :"service".event enable row level security;
create policy writer on :"service".event to :"service" using (true) with check (true);
create policy reader on :"service".event for select to :"reader"
 using (district = current_setting('zhucun.district', true)
        or partition = any(array(select string_to_table(current_setting('zhucun.partitions', true), ',')::integer)));
-- The operator's tool, where there is one, sees every log that it may read at all.
create policy operator on :"service".event for select using (current_user = 'operator');
