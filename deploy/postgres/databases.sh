#!/bin/sh
# Run once, when the data folder is empty: each owner has its databases and sees no others.
set -eu

psql --username=postgres --dbname=postgres --no-psqlrc --set=ON_ERROR_STOP=1 \
  --set=loyalty_password="$LOYALTY_DB_PASSWORD" --set=temporal_password="$TEMPORAL_DB_PASSWORD" <<'SQL'
create role loyalty login password :'loyalty_password';
create role temporal login password :'temporal_password';
create database loyalty owner loyalty;
create database temporal owner temporal;
create database temporal_visibility owner temporal;
revoke connect on database postgres, loyalty, temporal, temporal_visibility from public;
SQL
