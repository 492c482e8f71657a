#!/bin/bash
# A topic with BROKERS, TOPIC, PARTITIONS, REPLICAS, RETENTION_MS and MIN_INSYNC_REPLICAS. What is there stays, and gets
# the settings of now but no other number of partitions: that is changed by hand.
set -euo pipefail
kafka=/opt/kafka/bin
settings=retention.ms=${RETENTION_MS:?is not set},min.insync.replicas=${MIN_INSYNC_REPLICAS:?is not set}
at=(--bootstrap-server "${BROKERS:?is not set}")
create=("$kafka/kafka-topics.sh" "${at[@]}" --create --if-not-exists --topic "${TOPIC:?is not set}"
  --partitions "${PARTITIONS:?is not set}" --replication-factor "${REPLICAS:?is not set}")
# A broker that answers may be a moment away from taking partitions, and a cluster from having all of its brokers.
until "${create[@]}"; do
  ((SECONDS < 180)) || exit 1
  sleep 1
done
# More in-sync replicas than there are would stop whoever sends there.
replicas=$("$kafka/kafka-topics.sh" "${at[@]}" --describe --topic "$TOPIC" | sed -n 's/.*ReplicationFactor: *\([0-9]*\).*/\1/p' | head -n 1)
if ((replicas < MIN_INSYNC_REPLICAS)); then
  echo "topic $TOPIC has $replicas replicas, fewer than MIN_INSYNC_REPLICAS=$MIN_INSYNC_REPLICAS: give it more by kafka-reassign-partitions.sh first" >&2
  exit 1
fi
"$kafka/kafka-configs.sh" "${at[@]}" --alter --entity-type topics --entity-name "$TOPIC" --add-config "$settings"
