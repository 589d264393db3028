-- name: calendar_read YearKey -> mirror_rows.Calendar
select district, year, version, lines from calendar where district = :district and year = :year;
