"""Every metric and its meaning, in one place."""

from prometheus_client import Counter, Gauge, Histogram

EVENTS_APPLIED = Counter("motcua_events_applied", "Facts that took effect", ["group"])
EVENTS_DROPPED = Counter("motcua_events_dropped", "Facts seen before (redelivery), without effect", ["group"])
EVENTS_PARKED = Counter("motcua_events_parked", "Events put into the parking lot, by state", ["group", "state"])
STATES_COPIED = Counter("motcua_states_copied", "Records of state topics read", ["group"])
BATCH_SECONDS = Histogram("motcua_batch_seconds", "From poll to committed offsets, one batch", ["group"])
BATCH_RETRIES = Counter("motcua_batch_retries", "Batches tried again after a fault of the infrastructure", ["group"])
RELAYED = Counter("motcua_relayed", "Outbox rows that Kafka has acknowledged", ["lane"])
RELAY_DOUBTS = Counter(
    "motcua_relay_doubts", "Relay rounds of which not all is known to be in Kafka; those rows go again", ["lane"]
)
RELAY_FAILING = Gauge(
    "motcua_relay_failing", "1 while a topic does not take all rows of the outbox; the others go on", ["lane", "topic"]
)
PUBLISHER_BEHIND = Gauge(
    "motcua_publisher_behind", "1: the database does not know what its service published; nothing is written"
)
OUTBOX_AGE = Gauge("motcua_outbox_age_seconds", "Age of the oldest outbox row of the lanes served here")
PARKED = Gauge("motcua_parking_lot", "Events in the parking lot", ["state"])
PARKED_OLDEST = Gauge("motcua_parking_lot_oldest_seconds", "How long the oldest event of a state has been parked", ["state"])
EARLY_OVERDUE = Gauge("motcua_early_overdue", "Early events that have waited for their predecessor for more than a minute")
COMMANDS_ASIDE = Gauge("motcua_commands_aside", "Commands that wait for what somebody else has locked")
COMMANDS_TOGETHER = Histogram("motcua_commands_together", "Commands of one transaction", buckets=(1, 2, 5, 10, 20, 50, 100, 200))
DISCONTINUITIES = Counter("motcua_discontinuities", "Partitions that did not go on from what was read", ["group", "topic"])
CLIENT_ERRORS = Counter("motcua_kafka_client_errors", "Warnings and errors of the Kafka client itself", ["part"])
UNREADABLE_PARTITIONS = Gauge("motcua_unreadable_partitions", "Partitions assigned here whose records cannot be read", ["group"])
LAG = Gauge("motcua_lag", "Records in Kafka that are assigned to this process and not read", ["group"])
MEMBER = Gauge("motcua_group_member", "1: a member of its consumer group", ["group"])
HALTED = Gauge("motcua_halted", "1: the consumer stopped itself and waits for a person", ["group"])
BATCH_UNDER_WAY = Gauge("motcua_batch_under_way_seconds", "How long the batch in hand has taken so far", ["group"])
