-- What evidence is made of: pictures and papers by their digest, in pieces that an answer has room for.  Nobody finds one here
-- who does not know from a thing that he may read that it belongs to it.
create table file (
    district text collate "C", sha256 text collate "C", piece integer,
    type text not null, size bigint not null, data bytea not null,
    primary key (district, sha256, piece)
);
comment on table file is 'own append-only';
