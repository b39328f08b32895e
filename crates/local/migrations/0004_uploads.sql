-- Bytes are in files; how far they are safely there is said here. `token` grows with every new writer.
create table uploads (
    name       text    primary key,
    kind       text    not null,
    owner      text    not null,
    length     integer,
    offset     integer not null,
    touched_at integer not null,
    closed     integer not null,
    token      integer not null
) strict;

create index uploads_open on uploads (name) where closed = 0;
