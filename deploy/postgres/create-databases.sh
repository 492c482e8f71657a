#!/bin/bash
# On the first start of the server: a database for each service, owned by a user of its own, that nobody else may
# connect to. Passwords are in <SERVICE>_DATABASE_PASSWORD.
set -euo pipefail

for service in wallet catalog coupon order ranking gateway; do
  variable=${service^^}_DATABASE_PASSWORD
  # psql quotes what it is given as a variable, but only in what it reads from its input.
  psql -v ON_ERROR_STOP=1 --quiet --username "${POSTGRES_USER:-postgres}" --dbname postgres \
    -v name="jangteo_$service" -v password="${!variable:?is not set}" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password' CONNECTION LIMIT 100;
CREATE DATABASE :"name" OWNER :"name" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8';
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
SQL
done

# Nothing there is for them.
psql -v ON_ERROR_STOP=1 --quiet --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
REVOKE CONNECT ON DATABASE postgres FROM PUBLIC;
REVOKE CONNECT ON DATABASE template1 FROM PUBLIC;
SQL
