"""Rules of the JMX exporter agent: which beans it reads, and the Strimzi-style lowercase names it gives them.

Rules alone do not make a scrape cheap, for the agent reads every bean first: with 16 700 partitions on a broker a
scrape took 11-15 s without a choice of beans and 0.3-0.6 s with one. Where a domain holds beans for each topic or
partition (kafka.server, kafka.log) the choice names every bean in full: a pattern is compared with all beans of its
domain, a full name is looked up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

_SERVER_BEANS = {
    "BrokerTopicMetrics": (
        "BytesInPerSec BytesOutPerSec BytesRejectedPerSec MessagesInPerSec TotalProduceRequestsPerSec "
        "FailedProduceRequestsPerSec TotalFetchRequestsPerSec FailedFetchRequestsPerSec ReplicationBytesInPerSec "
        "ReplicationBytesOutPerSec ReassignmentBytesInPerSec ReassignmentBytesOutPerSec "
        "ProduceMessageConversionsPerSec FetchMessageConversionsPerSec NoKeyCompactedTopicRecordsPerSec "
        "InvalidMagicNumberRecordsPerSec "
        "InvalidMessageCrcRecordsPerSec InvalidOffsetOrSequenceRecordsPerSec TotalShareFetchRequestsPerSec "
        "FailedShareFetchRequestsPerSec TotalShareAcknowledgementRequestsPerSec "
        "FailedShareAcknowledgementRequestsPerSec"
    ),
    "ReplicaManager": (
        "LeaderCount PartitionCount OfflineReplicaCount UnderReplicatedPartitions UnderMinIsrPartitionCount "
        "AtMinIsrPartitionCount ReassigningPartitions ProducerIdCount PartitionsWithLateTransactionsCount "
        "IsrExpandsPerSec IsrShrinksPerSec FailedIsrUpdatesPerSec"
    ),
    "KafkaRequestHandlerPool": "RequestHandlerAvgIdlePercent",
}
_REPLICA_FETCHER_BEANS = "MaxLag MinFetchRate FailedPartitionsCount DeadThreadCount"
_REQUESTS = ("Produce", "FetchConsumer", "FetchFollower")
_REQUEST_TIMES = (
    "TotalTimeMs RequestQueueTimeMs LocalTimeMs RemoteTimeMs ThrottleTimeMs ResponseQueueTimeMs ResponseSendTimeMs"
)
_OTHER_BEANS = (
    "kafka.network:type=RequestMetrics,name=ErrorsPerSec,request=*,error=*",
    "kafka.network:type=RequestMetrics,name=RequestsPerSec,request=Produce,version=*",
    "kafka.network:type=RequestChannel,name=*",
    "kafka.network:type=SocketServer,name=*",
    "kafka.server:type=broker-metadata-metrics",
    "kafka.server:type=raft-metrics",
    "kafka.controller:type=KafkaController,name=*",
    "kafka.controller:type=ControllerStats,name=*",
    "kafka.log:type=LogManager,name=OfflineLogDirectoryCount",
)


def _broker_beans() -> Iterator[str]:
    """Object names of the beans that are read from a broker. None of them is one per topic or partition."""
    for kind, names in _SERVER_BEANS.items():
        yield from (f"kafka.server:type={kind},name={name}" for name in names.split())
    for name in _REPLICA_FETCHER_BEANS.split():
        yield f"kafka.server:type=ReplicaFetcherManager,name={name},clientId=Replica"
    for request in _REQUESTS:
        for name in _REQUEST_TIMES.split():
            yield f"kafka.network:type=RequestMetrics,name={name},request={request}"
    yield from _OTHER_BEANS


# client_java appends `_total` to every counter, so what Strimzi calls `…_count` must not be declared one.
_BROKER_NAMES = """\
rules:
  - pattern: 'kafka.server<type=(.+), name=(.+), clientId=(.+)><>Value'
    name: kafka_server_$1_$2
    type: GAUGE
    labels:
      clientId: "$3"
  - pattern: 'kafka.server<type=raft-metrics><>(.+)-total:'
    name: kafka_server_raftmetrics_$1_total
    type: COUNTER
  - pattern: 'kafka.server<type=raft-metrics><>current-state: (.+)'
    name: kafka_server_raftmetrics
    value: 1
    type: UNTYPED
    labels:
      current-state: "$1"
  - pattern: 'kafka.server<type=raft-metrics><>(.+):'
    name: kafka_server_raftmetrics_$1
    type: GAUGE
  - pattern: 'kafka.server<type=broker-metadata-metrics><>(.+):'
    name: kafka_server_brokermetadatametrics_$1
    type: GAUGE
  - pattern: 'kafka.(\\w+)<type=(.+), name=(.+)Percent\\w*><>(MeanRate|Value)'
    name: kafka_$1_$2_$3_percent
    type: GAUGE
  - pattern: 'kafka.(\\w+)<type=(.+), name=(.+)Percent\\w*, (.+)=(.+)><>(MeanRate|Value)'
    name: kafka_$1_$2_$3_percent
    type: GAUGE
    labels:
      "$4": "$5"
  - pattern: 'kafka.(\\w+)<type=(.+), name=(.+)PerSec\\w*, (.+)=(.+), (.+)=(.+)><>Count'
    name: kafka_$1_$2_$3_total
    type: COUNTER
    labels:
      "$4": "$5"
      "$6": "$7"
  - pattern: 'kafka.(\\w+)<type=(.+), name=(.+)PerSec\\w*, (.+)=(.+)><>Count'
    name: kafka_$1_$2_$3_total
    type: COUNTER
    labels:
      "$4": "$5"
  - pattern: 'kafka.(\\w+)<type=(.+), name=(.+)PerSec\\w*><>Count'
    name: kafka_$1_$2_$3_total
    type: COUNTER
  - pattern: 'kafka.(\\w+)<type=(.+), name=(.+), (.+)=(.+), (.+)=(.+)><>Value'
    name: kafka_$1_$2_$3
    type: GAUGE
    labels:
      "$4": "$5"
      "$6": "$7"
  - pattern: 'kafka.(\\w+)<type=(.+), name=(.+), (.+)=(.+)><>Value'
    name: kafka_$1_$2_$3
    type: GAUGE
    labels:
      "$4": "$5"
  - pattern: 'kafka.(\\w+)<type=(.+), name=(.+)><>Value'
    name: kafka_$1_$2_$3
    type: GAUGE
  - pattern: 'kafka.(\\w+)<type=(.+), name=(.+), (.+)=(.+)><>Count'
    name: kafka_$1_$2_$3_count
    type: UNTYPED
    labels:
      "$4": "$5"
  - pattern: 'kafka.(\\w+)<type=(.+), name=(.+), (.+)=(.+)><>(\\d+)thPercentile'
    name: kafka_$1_$2_$3
    type: GAUGE
    labels:
      "$4": "$5"
      quantile: "0.$6"
  - pattern: 'kafka.(\\w+)<type=(.+), name=(.+)><>Count'
    name: kafka_$1_$2_$3_count
    type: UNTYPED
  - pattern: 'kafka.(\\w+)<type=(.+), name=(.+)><>(\\d+)thPercentile'
    name: kafka_$1_$2_$3
    type: GAUGE
    labels:
      quantile: "0.$4"
"""

BROKER_RULES = f"lowercaseOutputName: true\nincludeObjectNames: {json.dumps(list(_broker_beans()))}\n{_BROKER_NAMES}"

CONNECT_RULES = """\
lowercaseOutputName: true
includeObjectNames:
  - "kafka.connect:type=connect-worker-metrics,*"
  - "kafka.connect:type=connect-worker-rebalance-metrics"
  - "kafka.connect:type=connector-metrics,*"
  - "kafka.connect:type=connector-task-metrics,*"
  - "kafka.connect:type=source-task-metrics,*"
  - "kafka.connect:type=sink-task-metrics,*"
  - "kafka.connect:type=task-error-metrics,*"
rules:
  - pattern: 'kafka.connect<type=connector-task-metrics, connector=(.+), task=(.+)><>status: ([a-z-]+)'
    name: kafka_connect_connector_task_status
    value: 1
    type: GAUGE
    labels:
      connector: "$1"
      task: "$2"
      status: "$3"
  - pattern: 'kafka.connect<type=(.+)-metrics, connector=(.+), task=(.+)><>([a-z0-9-]+)-total:'
    name: kafka_connect_$1_$4_total
    type: COUNTER
    labels:
      connector: "$2"
      task: "$3"
  - pattern: 'kafka.connect<type=(.+)-metrics, connector=(.+), task=(.+)><>([a-z0-9-]+):'
    name: kafka_connect_$1_$4
    type: GAUGE
    labels:
      connector: "$2"
      task: "$3"
  - pattern: 'kafka.connect<type=(.+)-metrics, connector=(.+)><>([a-z0-9-]+):'
    name: kafka_connect_$1_$3
    type: GAUGE
    labels:
      connector: "$2"
  - pattern: 'kafka.connect<type=(.+)-metrics><>([a-z0-9-]+)-total:'
    name: kafka_connect_$1_$2_total
    type: COUNTER
  - pattern: 'kafka.connect<type=(.+)-metrics><>([a-z0-9-]+):'
    name: kafka_connect_$1_$2
    type: GAUGE
"""

MIRROR_RULES = """\
lowercaseOutputName: true
includeObjectNames:
  - "kafka.connect.mirror:type=MirrorSourceConnector,*"
  - "kafka.connect.mirror:type=MirrorCheckpointConnector,*"
rules:
  - pattern: 'kafka.connect.mirror<type=(.+), source=(.+), target=(.+), topic=(.+), partition=(.+)><>([a-z-]+):'
    name: kafka_connect_mirror_$1_$6
    type: UNTYPED
    labels:
      source: "$2"
      target: "$3"
      topic: "$4"
      partition: "$5"
  - pattern: 'kafka.connect.mirror<type=(.+), target=(.+), topic=(.+), partition=(.+)><>([a-z-]+):'
    name: kafka_connect_mirror_$1_$5
    type: UNTYPED
    labels:
      target: "$2"
      topic: "$3"
      partition: "$4"
"""
