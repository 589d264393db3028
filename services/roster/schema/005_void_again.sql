-- An id that was voided, put again and voided again, within one instant of a clock that stands: seq is the event's number.
alter table voided_posting add column seq bigint not null default 0, drop constraint voided_posting_pkey;
alter table voided_posting add primary key (district, posting_id, voided_us, seq);
