#!/bin/bash
# A base backup of the PostgreSQL of docker compose, all of its databases as of one moment, as a tar file that is packed:
#   deploy/postgres/back-up.sh shop.tar.gz
# COMPOSE_PROJECT_NAME and COMPOSE_FILE say which shop, where it is not that of this folder: on a cluster.
# A file of that name is replaced once the new one is whole; until then, and where this does not end with 0, it stays.
set -euo pipefail
# The shop is in it, hashes of passwords included.
umask 077

to=${1:?is missing: the file to write, such as shop.tar.gz}
trap 'rm -f -- "$to.new"' EXIT

# What the server writes while it is copied belongs to the copy and comes last; where that is much, the server would have
# thrown it away by then. A slot has it kept: a temporary one, which goes with the session that made it, whatever ends
# this. One that is left behind fills the disk.
docker compose exec -T postgres bash -s <<'SERVER' | gzip > "$to.new"
set -euo pipefail
coproc session { psql -U postgres -qAtX -v ON_ERROR_STOP=1; }
echo "SELECT slot_name FROM pg_create_physical_replication_slot('backup_$$', true, true);" >&"${session[1]}"
read -r <&"${session[0]}"
pg_basebackup -U postgres --no-password -D - -F tar -X fetch </dev/null
SERVER

# On the disk, before it takes the place of what is there.
sync
mv -- "$to.new" "$to"
