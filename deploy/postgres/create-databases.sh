#!/bin/bash
# A database for each service, or for those that are named, that nobody else may connect to, its owner, who migrates it,
# and the user that the service works with it as. What is there already stays, and users get the passwords of now, so it
# can be run at every start.
# Finds the server by psql's own variables (PGHOST, PGUSER, PGPASSWORD); the passwords are in <SERVICE>_DATABASE_PASSWORD
# and <SERVICE>_RUNTIME_DATABASE_PASSWORD.
set -euo pipefail

# psql quotes what it is given as a variable, but only in what it reads from its input.
sql() { psql -v ON_ERROR_STOP=1 --quiet --no-align --tuples-only --dbname postgres "$@"; }

fits() { local LC_ALL=C; [[ $1 != *[!A-Za-z0-9._~-]* ]]; }

[ $# -gt 0 ] || set -- wallet catalog coupon order ranking gateway

# They stand in URLs as they are. All of them are looked at before anything is changed.
for service; do
  for name in "${service^^}_DATABASE_PASSWORD" "${service^^}_RUNTIME_DATABASE_PASSWORD"; do
    if [ -z "${!name:-}" ]; then
      echo "$name is not set" >&2
      exit 1
    elif ! fits "${!name}"; then
      echo "$name: may have letters, digits, \".\", \"_\", \"~\" and \"-\" alone, since it stands in URLs" >&2
      exit 1
    fi
  done
done

for service; do
  owner=${service^^}_DATABASE_PASSWORD
  runtime=${service^^}_RUNTIME_DATABASE_PASSWORD
  sql -v name="jangteo_$service" -v owner="${!owner}" \
    -v user="jangteo_${service}_runtime" -v runtime="${!runtime}" <<'SQL'
SELECT format('CREATE ROLE %I LOGIN', role) FROM unnest(ARRAY[:'name', :'user']) AS role
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) \gexec
ALTER ROLE :"name" PASSWORD :'owner' CONNECTION LIMIT 100;
ALTER ROLE :"user" PASSWORD :'runtime' CONNECTION LIMIT 100;
SELECT format('CREATE DATABASE %I OWNER %1$I TEMPLATE template0 ENCODING ''UTF8'' LC_COLLATE ''C'' LC_CTYPE ''C.UTF-8''', :'name')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
SQL
done

# Nothing there is for them.
sql <<'SQL'
REVOKE CONNECT ON DATABASE postgres FROM PUBLIC;
REVOKE CONNECT ON DATABASE template1 FROM PUBLIC;
SQL
