-- name: district_read Id -> roster.District
select d.district as id, d.name, e.partition from district d join engine.district e on e.district = d.district
 where d.district = :district;

-- name: areas_read Id -> roster.Area
select area_id as id, name from area where district = :district order by place;

-- name: district_names - -> roster.DistrictName
select id, name from public_districts();
