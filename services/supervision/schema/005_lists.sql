-- A list of findings is asked for by day, by what is due next, and by who noted them.
create index finding_by_day on finding (district, on_day, finding_id);
create index finding_by_due on finding (district, coalesce(hearing_due_day, '9999-12-31'), finding_id);
create index finding_of_noter on finding (district, noted_by_person, finding_id) where noted_by_person <> '';
