-- The messages of a person are listed by this index alone.  While it could also serve to find one message by its whole key, it did: a head of a
-- unit has thousands, which the planner cannot know, and all of them were read to find one.
drop index alert_of_person;
create index alert_of_person on alert (district, (person_id || ''), alert_id);
