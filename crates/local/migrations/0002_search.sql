-- What search finds: the words of requests, and the answers of solved ones. Both indexes read their text from here.
create table texts (
    place   integer primary key references rows (place),
    request blob    not null,
    answer  integer not null,
    text    text    not null
) strict;

create index texts_of_answers on texts (request) where answer = 1;

create virtual table words using fts5 (
    text,
    content = 'texts',
    content_rowid = 'place',
    tokenize = 'porter unicode61 remove_diacritics 2',
    prefix = '2 3'
);

-- For codes and slips of the finger.
create virtual table trigrams using fts5 (
    text,
    content = 'texts',
    content_rowid = 'place',
    tokenize = 'trigram remove_diacritics 1'
);

-- Without this a deleted word would stay readable in the file until its segment is merged.
insert into words (words, rank) values ('secure-delete', 1);
insert into trigrams (trigrams, rank) values ('secure-delete', 1);
