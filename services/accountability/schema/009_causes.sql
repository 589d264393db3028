-- Measures are asked for by a finding that is their cause: a fact of the case that they are of, or of that whose facts they count.
create index measure_of_cause on measure (district, cause_of) where cause_of <> '';
create index finding_by_id on finding (district, finding_id);
