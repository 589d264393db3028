-- A finding of a sealed kind is there for whoever may know of it (lib/schema/mirror_sealed.sql).  Its note, moves and decisions are read
-- with it alone.
create policy sealed on finding as restrictive for select to :"reader"
    using (not sealed_is(kind) or sealed_known(district, person_id, unit_id, on_day));
