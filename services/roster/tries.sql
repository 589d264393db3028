-- name: login_tries LoginTry -> LoginTry
select district, phone_mark, address_mark, failures, failed_at_us, known_at_us, nobodys
  from login_try where district = :district and phone_mark = :phone_mark;
