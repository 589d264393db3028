-- Postings are asked for by whose they are, and by the unit of those: once for all filters, and not list by list.
create index posting_person on posting (district, person_id, posting_id);
create index person_of_unit on person (district, unit_id, person_id);
