-- Where the log stands. `epoch` is drawn anew by a restore; rows of the log after `floor` are all there.
create table head (
    one   integer primary key check (one = 1),
    epoch integer not null,
    seq   integer not null,
    floor integer not null
) strict;

-- Every row that has a wire form, whole in `body`. The other columns are copies of what reads look for.
create table rows (
    place    integer primary key,
    kind     text    not null,
    id       blob    not null,
    rev      integer not null,
    request  blob,                        -- the request it belongs to (of a request: itself)
    desk     blob,                        -- of requests
    owner    blob,                        -- of open requests
    clip     blob,                        -- of messages: the clip shown
    moment   blob,                        -- of messages: the clip commented on
    email    text,                        -- of people
    live     integer not null default 0,  -- of requests: open, a customer waits
    active   integer not null default 0,  -- of calls: not over
    archived integer not null default 0,  -- of requests
    solved   integer not null default 0,  -- of requests
    answer   integer not null default 0,  -- of messages: an answer with words
    body     text    not null,
    unique (kind, id)
) strict;

create index rows_of_request on rows (request, kind) where request is not null;
create index rows_of_desk    on rows (desk)          where desk is not null;
create index rows_of_owner   on rows (owner)         where owner is not null;
create index rows_with_clip  on rows (clip)          where clip is not null;
create index rows_at_moment  on rows (moment)        where moment is not null;
create index rows_by_email   on rows (email)         where email is not null;
create index rows_live       on rows (live)          where live = 1;
create index rows_active     on rows (active)        where active = 1;
create index rows_archived   on rows (id)            where archived = 1;

-- Signing keys have no wire form, so they can't be in `rows` by mistake.
create table secrets (
    name  text    primary key,
    rev   integer not null,
    value text    not null
) strict;

-- What changed, without bodies. `access` = 1: sight of the scope at (kind, id) changed for `person` (null: everyone).
create table log (
    seq    integer primary key,
    kind   text    not null,
    id     blob    not null,
    access integer not null,
    person blob,
    at     integer not null
) strict;

-- Lines of commands, and what was answered.
create table clients (
    client_id text    primary key,
    person    blob    not null,
    last_n    integer not null
) strict;

create table results (
    client_id text    not null,
    n         integer not null,
    body_hash blob    not null,
    seq       integer not null,
    refused   text,
    at        integer not null,
    primary key (client_id, n)
) strict, without rowid;

create table keyed_results (
    client_id text    not null,
    key       text    not null,
    body_hash blob    not null,
    seq       integer not null,
    refused   text,
    at        integer not null,
    primary key (client_id, key)
) strict, without rowid;

create index keyed_results_by_age on keyed_results (at);

-- What falls due: at most one per thing and clock.
create table due (
    kind    text    not null,
    id      blob    not null,
    slot    text    not null,
    at      integer not null,
    command text    not null,
    primary key (kind, id, slot)
) strict, without rowid;

create index due_by_time on due (at);
