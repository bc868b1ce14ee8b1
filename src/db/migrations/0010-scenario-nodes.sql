-- What nodes of scenarios elsewhere have done to memberships, so that a run does it once; of postings, their
-- transaction_eid says so. Nothing is personal: the hash is of what was asked.
create schema scenarios;

create table scenarios.participations (
  program_id int not null references catalog.programs,
  scenario_id bigint not null,
  run_id bigint not null,
  node_id text not null,
  request_hash text not null,
  changed boolean not null default false,
  primary key (program_id, scenario_id, run_id, node_id)
);
