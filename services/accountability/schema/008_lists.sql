-- Measures are asked for by themselves, in the order of their ids.
create index measure_by_id on measure (district, measure_id);
