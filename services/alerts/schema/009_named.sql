-- Texts mention people and places by reference (lib/mention.h).  Names are those of the moment a message was sent, or dropped: of roster's
-- log, so many events.  0: neither yet.  Texts from before mention nobody: they stay as they were sent.
alter table alert add column named_seq bigint not null default 0;
