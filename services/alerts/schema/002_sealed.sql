-- A message of a sealed case (C3.2.2): who follows events hears nothing of it, of its sending neither.
alter table alert add column sealed boolean not null default false;
