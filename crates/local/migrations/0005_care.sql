-- What the rules of the desk look for in requests besides: those that are open, on offer, about a ticket, and
-- those that were responded to, newest first.
alter table rows add column open      integer not null default 0;
alter table rows add column offered   blob;    -- of open requests: the desk it is on offer to
alter table rows add column ticket    text;    -- of requests: the ticket's label, in lower case
alter table rows add column urgency   text;    -- of requests
alter table rows add column responded integer; -- of requests: when the first response was given

update rows set
    open      = json_extract(body, '$.state') not in ('solved', 'withdrawn'),
    ticket    = lower(json_extract(body, '$.ticket.label')),
    urgency   = json_extract(body, '$.urgency'),
    responded = json_extract(body, '$.first_response_at')
where kind = 'request';

create index rows_open      on rows (desk)                     where open = 1;
create index rows_offered   on rows (offered)                  where offered is not null;
create index rows_by_ticket on rows (ticket)                   where ticket is not null;
create index rows_responded on rows (desk, urgency, responded) where responded is not null;
