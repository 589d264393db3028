-- A recall that fell after its hand-over left its post open for ever.  A recall that stands holds the posting that it has ended; what is open
-- for one that holds none is withdrawn.
update vacancy v set state = 'withdrawn'
 where v.state = 'open' and not exists (select from recall_ended e where e.district = v.district and e.recall_id = v.vacancy_id);
