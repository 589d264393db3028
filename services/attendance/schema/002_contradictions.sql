-- Days on which an inspection found a person absent whose check-in lies inside the fence: few, and asked for by district.
create index day_contradiction on day (district, on_day, person_id) where absences > 0 and strong > 0;
