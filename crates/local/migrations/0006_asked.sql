-- What was asked at a desk within some weeks, for facts about the desk.
create index rows_asked on rows (desk, json_extract(body, '$.asked_at')) where kind = 'request';
