create table passwords (
    person blob primary key,
    hash   text not null
) strict;

create table sessions (
    token_hash blob    primary key,
    id         text    not null unique,
    person     blob    not null,
    device     text    not null,
    since      integer not null
) strict;

create index sessions_of_person on sessions (person, since);

create table links (
    secret_hash blob    primary key,
    purpose     text    not null,
    person      blob,
    expires_at  integer not null
) strict;

create table failures (
    name    text    primary key,
    count   integer not null,
    last_at integer not null
) strict;
