-- It was taken for whatever reads all people in the order of their ids, and then they were sorted: those of a unit are found
-- among those of the district, who are not so many.
drop index person_of_unit;
