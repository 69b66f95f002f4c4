/// Where a defect was seen before: a real system, when, and a public page that says so.
struct Precedent: Sendable, Equatable {
  var system: String
  var reference: String
}

extension Defect {
  /// Which real system had it, in one line.
  var precedent: Precedent { Self.precedents[self]! }

  private static let precedents: [Defect: Precedent] = durability.merging(replication) { $1 }
    .merging(withoutLeader) { $1 }.merging(operations) { $1 }.merging(transactions) { $1 }
    .merging(queuesLocksTimers) { $1 }.merging(operation) { $1 }

  private static let durability: [Defect: Precedent] = [
    .acknowledgesBeforeFsync: Precedent(
      system: "Elasticsearch 1.5.0, Jepsen 2015: the log reaches the disk every five seconds",
      reference: "https://aphyr.com/posts/323-jepsen-elasticsearch-1-5-0"),
    .losesLogTailOnRestart: Precedent(
      system: "etcd 3.5.0 to 3.5.2, 2022: a crash can leave a member without entries it applied",
      reference: "https://github.com/etcd-io/etcd/issues/13766"),
    .acceptsTornRecord: Precedent(
      system:
        "LevelDB and others, Pillai et al. 2014: appends that are not atomic are assumed to be",
      reference: "https://www.usenix.org/conference/osdi14/technical-sessions/presentation/pillai"),
    .bitFlipNotNoticed: Precedent(
      system: "Redis and others, Ganesan et al. 2017: one corrupt block is served and replicated",
      reference: "https://www.usenix.org/conference/fast17/technical-sessions/presentation/ganesan"),
    .readsDuringRecovery: Precedent(
      system:
        "Apache IoTDB, 2023: queries of a restarting replica saw a state before the log's end",
      reference: "https://github.com/apache/iotdb/pull/10597"),
    .truncatesLargeValue: Precedent(
      system: "MySQL without strict mode: a text longer than its column is cut, with a warning",
      reference: "https://dev.mysql.com/doc/refman/8.0/en/sql-mode.html"),
  ]

  private static let replication: [Defect: Precedent] = [
    .acknowledgesBeforeReplicating: Precedent(
      system:
        "MongoDB 2.4.3, Jepsen 2013: writes acknowledged by the primary alone are rolled back",
      reference: "https://aphyr.com/posts/284-call-me-maybe-mongodb"),
    .followerReadsAsFresh: Precedent(
      system: "etcd 0.4.1 and Consul, Jepsen 2014: reads were answered locally and were stale",
      reference: "https://aphyr.com/posts/316-jepsen-etcd-and-consul"),
    .staleCacheAfterFailover: Precedent(
      system: "TAO at Meta, 2022: a cache kept an old version of who holds the messages",
      reference: "https://engineering.fb.com/2022/06/08/core-infra/cache-made-consistent/"),
    .promotesWithoutFencing: Precedent(
      system: "Redis Sentinel, Jepsen 2013: the old primary went on taking writes",
      reference: "https://aphyr.com/posts/283-call-me-maybe-redis"),
    .servesAfterLosingLease: Precedent(
      system: "MongoDB 2.6.7, Jepsen 2015: a deposed primary served stale reads",
      reference: "https://aphyr.com/posts/322-call-me-maybe-mongodb-stale-reads"),
    .countsDeadPeerForQuorum: Precedent(
      system: "RethinkDB 2.2.3, Jepsen 2016: a reconfiguration let two majorities be counted",
      reference: "https://jepsen.io/analyses/rethinkdb-2-2-3-reconfiguration"),
    .acceptsWritesInMinority: Precedent(
      system: "Elasticsearch 1.1.0, Jepsen 2014: both sides of a partition had a primary",
      reference: "https://aphyr.com/posts/317-jepsen-elasticsearch"),
    .electsForEver: Precedent(
      system: "etcd at Cloudflare, 2020: a half-broken switch kept elections going",
      reference: "https://blog.cloudflare.com/a-byzantine-failure-in-the-real-world/"),
    .voteNotPersisted: Precedent(
      system: "raft-java, 2025: term and vote of a candidate are not written before it asks",
      reference: "https://github.com/wenweihu86/raft-java/issues/57"),
    .snapshotDropsKey: Precedent(
      system: "akka-entity-replication, 2022: snapshots lacked entries that the log then dropped",
      reference: "https://github.com/lerna-stack/akka-entity-replication/issues/167"),
    .commitsOldTermByCount: Precedent(
      system: "LogCabin, 2013: entries of earlier terms were committed by counting replicas",
      reference: "https://github.com/logcabin/logcabin/issues/44"),
    .failoverFiveTimesSlower: Precedent(
      system: "Java clients of Amazon RDS: the old address is cached long after the failover",
      reference: "https://docs.aws.amazon.com/sdk-for-java/latest/developer-guide/jvm-ttl-dns.html"),
    .failoverNeverForOneRole: Precedent(
      system: "HDFS before 2.0: every role but the NameNode was replaced when it failed",
      reference: "https://issues.apache.org/jira/browse/HDFS-1623"),
    .flappingLeadership: Precedent(
      system: "MySQL at GitHub, 2012: the cluster manager moved the primary again and again",
      reference: "https://github.blog/2012-09-14-github-availability-this-week/"),
  ]

  private static let withoutLeader: [Defect: Precedent] = [
    .lastWriteWinsBySkewedClock: Precedent(
      system: "Cassandra 2.0, Jepsen 2013: of two writes the one with the faster clock stays",
      reference: "https://aphyr.com/posts/294-call-me-maybe-cassandra"),
    .oneKeyNeverConverges: Precedent(
      system: "Crate 0.54.9, Jepsen 2016: replicas of a row differ for ever under one version",
      reference: "https://aphyr.com/posts/332-jepsen-crate-0-54-9-version-divergence"),
    .tombstoneResurrected: Precedent(
      system: "Cassandra: a deleted row returns where a replica missed the tombstone's life",
      reference:
        "https://cassandra.apache.org/doc/latest/cassandra/managing/operating/compaction/tombstones.html"
    ),
    .divergenceHiddenByReadRepair: Precedent(
      system:
        "Weaviate, 2023: reads at level ALL are right and leave the replica without the object",
      reference: "https://github.com/weaviate/weaviate/issues/3762"),
    .splitBrainDropsASide: Precedent(
      system: "Hazelcast 3.8.3, Jepsen 2017: after a partition the updates of one side are dropped",
      reference: "https://jepsen.io/analyses/hazelcast-3-8-3"),
  ]

  private static let operations: [Defect: Precedent] = [
    .compareAndSetNotAtomic: Precedent(
      system: "Aerospike 3.5.4, Jepsen 2015: two compare-and-sets of one value both succeed",
      reference: "https://aphyr.com/posts/324-call-me-maybe-aerospike"),
    .retriesNonIdempotentWrite: Precedent(
      system: "jetcd 0.8.2, Jepsen 2024: the client repeats transactions that had succeeded",
      reference: "https://jepsen.io/analyses/jetcd-0.8.2"),
    .reportsFailureForAppliedWrite: Precedent(
      system: "CorfuDB, 2017: a transaction that was said to be aborted was committed",
      reference: "https://github.com/CorfuDB/CorfuDB/issues/974"),
    .dropsOneInFiveHundred: Precedent(
      system: "Radix DLT 1.0-beta.35.1, Jepsen 2022: healthy nodes lost committed transactions",
      reference: "https://jepsen.io/analyses/radix-dlt-1.0-beta.35.1"),
  ]

  private static let transactions: [Defect: Precedent] = [
    .dirtyRead: Precedent(
      system: "VoltDB 6.3, Jepsen 2016: reads saw writes that were never committed",
      reference: "https://aphyr.com/posts/331-jepsen-voltdb-6-3"),
    .lostUpdate: Precedent(
      system: "TiDB 2.1.7, Jepsen 2019: automatic retries overwrote the updates of others",
      reference: "https://jepsen.io/analyses/tidb-2.1.7"),
    .writeSkew: Precedent(
      system: "PostgreSQL 12.3, Jepsen 2020: serializable transactions showed G2-item",
      reference: "https://jepsen.io/analyses/postgresql-12.3"),
    .nonRepeatableRead: Precedent(
      system: "MySQL 8.0.34, Jepsen 2023: repeatable read is not repeatable",
      reference: "https://jepsen.io/analyses/mysql-8.0.34"),
    .longFork: Precedent(
      system: "Amazon RDS for PostgreSQL 17.4, Jepsen 2025: replicas disagree on the order",
      reference: "https://jepsen.io/analyses/amazon-rds-for-postgresql-17.4"),
    .readOnlyAnomaly: Precedent(
      system: "PostgreSQL before 9.1: snapshot isolation was sold as serializable",
      reference: "https://arxiv.org/abs/1208.4179"),
    .fracturedRead: Precedent(
      system: "MariaDB Galera Cluster, Jepsen 2015: reads saw half of a transaction",
      reference: "https://aphyr.com/posts/327-jepsen-mariadb-galera-cluster"),
  ]

  private static let queuesLocksTimers: [Defect: Precedent] = [
    .duplicatesMessage: Precedent(
      system: "Amazon SQS standard queues: a message may come more than once",
      reference:
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/standard-queues.html"
    ),
    .losesMessageOnLeaseExpiry: Precedent(
      system: "Sidekiq's basic fetch: a job whose worker dies is gone",
      reference: "https://github.com/sidekiq/sidekiq/wiki/Reliability"),
    .redeliversOutOfOrder: Precedent(
      system: "RabbitMQ before 2.7.0: messages given back went to the end of the queue",
      reference: "https://www.rabbitmq.com/docs/semantics"),
    .lockGivenTwiceAfterPause: Precedent(
      system: "etcd 3.4.3, Jepsen 2020: a lock was held by two after its lease had ended",
      reference: "https://jepsen.io/analyses/etcd-3.4.3"),
    .fencingTokenGoesDown: Precedent(
      system: "etcd, 2023: revisions, which serve as tokens, decrease after a restore",
      reference: "https://github.com/etcd-io/etcd/issues/16028"),
    .timerTwice: Precedent(
      system: "Kubernetes CronJob: in certain circumstances two jobs are made for one time",
      reference:
        "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/"),
    .timerNeverAfterSiteLost: Precedent(
      system: "Kubernetes CronJob: after a hundred missed times nothing is started any more",
      reference:
        "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/"),
    .timerEarlyByClockStep: Precedent(
      system: "Metaswitch Chronos, 2014: a step of NTP makes all timers pop at once",
      reference: "https://github.com/Metaswitch/chronos/issues/85"),
    .equalNodeBits: Precedent(
      system: "CAP for .NET, 2023: ten bits of a MAC address are the same on two nodes",
      reference: "https://github.com/dotnetcore/CAP/issues/1322"),
    .idsAfterClockStepBack: Precedent(
      system: "Twitter Snowflake, 2012: duplicate IDs once the clock has moved backwards",
      reference: "https://github.com/twitter-archive/snowflake/issues/6"),
    .sequenceReusedAfterFailover: Precedent(
      system: "MySQL's InnoDB before 8.0: a restart gives the last automatic numbers again",
      reference: "https://bugs.mysql.com/bug.php?id=199"),
  ]

  private static let operation: [Defect: Precedent] = [
    .healthGreenWhileWritesFail: Precedent(
      system: "etcd 3.2, 2017: healthy while its space is used up and no write succeeds",
      reference: "https://github.com/etcd-io/etcd/issues/8207"),
    .leakPerReconnect: Precedent(
      system: "Teku, 2020: every refused duplicate connection of a peer left a descriptor open",
      reference: "https://github.com/Consensys-Incorporated/teku/pull/2013"),
    .addressKeptAfterLosingRole: Precedent(
      system: "keepalived 1.2.20, 2024: the virtual address is on both machines",
      reference: "https://github.com/acassen/keepalived/issues/2370"),
    .plaintextBetweenSites: Precedent(
      system: "Apache Cassandra, CVE-2020-17516: unencrypted connections of other sites are taken",
      reference: "https://nvd.nist.gov/vuln/detail/CVE-2020-17516"),
    .secretInLog: Precedent(
      system: "Kubernetes, CVE-2020-8564: secrets of a malformed file are written to the log",
      reference: "https://nvd.nist.gov/vuln/detail/CVE-2020-8564"),
    .acceptsUnauthenticatedPeer: Precedent(
      system: "Apache ZooKeeper, CVE-2023-44981: a peer without an instance name is let in",
      reference: "https://nvd.nist.gov/vuln/detail/CVE-2023-44981"),
  ]
}
