-- Whether a confirmed finding is of a sealed case (C3.2.2): it holds its posting, but against nobody who may not know that there is one.
alter table confirmed_finding add column sealed boolean not null default false;
do $$
begin
    if to_regclass('supervision.finding') is not null then          -- an installation that is older than this
        update confirmed_finding c set sealed = true
          from supervision.finding f
         where f.district = c.district and f.finding_id = c.finding_id and f.kind in ('discipline_violation', 'fund_misuse');
    end if;
end $$;
