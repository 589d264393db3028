-- Each message is changed once, when it was sent: a page that has room for that is changed without its indexes.
alter table alert set (fillfactor = 50);
