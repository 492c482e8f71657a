#!/bin/bash
# A database for each service, or for those that are named, that nobody else may connect to, its owner, who migrates it,
# and the user that the service works with it as. What is there already stays, and users get the passwords of now, so it
# can be run at every start.
# Finds the server by psql's own variables (PGHOST, PGUSER, PGPASSWORD); the passwords are in <SERVICE>_DATABASE_PASSWORD
# and <SERVICE>_RUNTIME_DATABASE_PASSWORD.
set -euo pipefail

# psql quotes what it is given as a variable, but only in what it reads from its input.
sql() { psql -v ON_ERROR_STOP=1 --quiet --no-align --tuples-only --dbname postgres "$@"; }

[ $# -gt 0 ] || set -- wallet catalog coupon order ranking gateway
for service; do
  owner=${service^^}_DATABASE_PASSWORD
  runtime=${service^^}_RUNTIME_DATABASE_PASSWORD
  sql -v name="jangteo_$service" -v owner="${!owner:?is not set}" \
    -v user="jangteo_${service}_runtime" -v runtime="${!runtime:?is not set}" <<'SQL'
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
