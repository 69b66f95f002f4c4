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
      system: "Elasticsearch 1.5: the log of writes reaches the disk every five seconds",
      reference:
        "https://www.elastic.co/guide/en/elasticsearch/reference/1.5/index-modules-translog.html"),
    .losesLogTailOnRestart: Precedent(
      system:
        "etcd 3.5.0 to 3.5.2, 2022: after a crash a member skips entries that it never applied",
      reference:
        "https://github.com/etcd-io/etcd/blob/main/Documentation/postmortems/v3.5-data-inconsistency.md"
    ),
    .acceptsTornRecord: Precedent(
      system: "LiteDB before 6.0: pages of the log have no checksum, and torn ones are applied",
      reference: "https://github.com/litedb-org/LiteDB/issues/2935"),
    .bitFlipNotNoticed: Precedent(
      system: "Redis, 2017: a corrupt value of the append-only file is served, and replicated",
      reference: "https://github.com/antirez/redis/issues/3730"),
    .readsDuringRecovery: Precedent(
      system: "Apache IoTDB, 2023: queries during a restart saw a state before the log's end",
      reference: "https://github.com/apache/iotdb/pull/10597"),
    .truncatesLargeValue: Precedent(
      system: "MySQL without strict mode: a text longer than its column is cut, with a warning",
      reference: "https://dev.mysql.com/doc/refman/5.7/en/char.html"),
  ]

  private static let replication: [Defect: Precedent] = [
    .acknowledgesBeforeReplicating: Precedent(
      system:
        "MongoDB 2.4.3, Jepsen 2013: writes acknowledged by the primary alone are rolled back",
      reference: "https://aphyr.com/posts/284-call-me-maybe-mongodb"),
    .followerReadsAsFresh: Precedent(
      system: "etcd's API v2, 2021: a read without a quorum comes from a node that may lag",
      reference: "https://github.com/moonlibs/config/pull/18"),
    .staleCacheAfterFailover: Precedent(
      system: "TAO at Meta, 2022: a cache kept an old version of who holds the messages",
      reference: "https://engineering.fb.com/2022/06/08/core-infra/cache-made-consistent/"),
    .promotesWithoutFencing: Precedent(
      system: "Redis Sentinel, Jepsen 2013: the old primary went on taking writes",
      reference: "https://aphyr.com/posts/283-jepsen-redis"),
    .servesAfterLosingLease: Precedent(
      system: "MongoDB 2.6.7, Jepsen 2015: a deposed primary served stale reads",
      reference: "https://aphyr.com/posts/322-call-me-maybe-mongodb-stale-reads"),
    .countsDeadPeerForQuorum: Precedent(
      system:
        "MongoDB, 2014: a node's progress from before its rollback counts for a write concern",
      reference: "https://jira.mongodb.org/browse/SERVER-16570"),
    .acceptsWritesInMinority: Precedent(
      system: "Elasticsearch 1.4, 2015: two nodes that are cut off from each other are both master",
      reference: "https://github.com/elastic/elasticsearch/issues/10935"),
    .electsForEver: Precedent(
      system: "etcd at Cloudflare, 2020: a half-broken switch kept elections going",
      reference: "https://blog.cloudflare.com/a-byzantine-failure-in-the-real-world/"),
    .voteNotPersisted: Precedent(
      system: "raft-java, 2025: term and vote of a candidate are not written before it asks",
      reference: "https://github.com/wenweihu86/raft-java/issues/57"),
    .snapshotDropsKey: Precedent(
      system:
        "akka-entity-replication, 2022: a late follower is not sent the snapshots of all entities",
      reference: "https://github.com/lerna-stack/akka-entity-replication/issues/127"),
    .commitsOldTermByCount: Precedent(
      system:
        "raft of Canonical's dqlite, 2021: entries of earlier terms are committed by counting",
      reference: "https://github.com/canonical/raft/issues/220"),
    .failoverFiveTimesSlower: Precedent(
      system: "Java clients of AWS: an address that was looked up is kept long after it has moved",
      reference: "https://docs.aws.amazon.com/sdk-for-java/latest/developer-guide/jvm-ttl-dns.html"),
    .failoverNeverForOneRole: Precedent(
      system: "HDFS before Hadoop 2.0: nobody takes over from the one NameNode",
      reference:
        "https://github.com/apache/hadoop/blob/trunk/hadoop-hdfs-project/hadoop-hdfs/src/site/markdown/HDFSHighAvailabilityWithQJM.md"
    ),
    .flappingLeadership: Precedent(
      system: "MySQL at GitHub, 2012: the cluster manager moved the primary again and again",
      reference: "https://github.blog/2012-09-14-github-availability-this-week/"),
  ]

  private static let withoutLeader: [Defect: Precedent] = [
    .lastWriteWinsBySkewedClock: Precedent(
      system: "Cassandra, 2013: writes are ordered by wall clocks, and a skewed one wins",
      reference: "https://aphyr.com/posts/299-the-trouble-with-timestamps"),
    .oneKeyNeverConverges: Precedent(
      system: "Crate 0.54.9, Jepsen 2016: replicas hold different rows under one version",
      reference: "https://aphyr.com/posts/332-jepsen-crate-0-54-9-version-divergence"),
    .tombstoneResurrected: Precedent(
      system: "Cassandra: a deleted row returns where a replica missed the tombstone's life",
      reference:
        "https://cassandra.apache.org/doc/latest/cassandra/managing/operating/compaction/tombstones.html"
    ),
    .divergenceHiddenByReadRepair: Precedent(
      system:
        "Weaviate, 2023: reads at level ALL leave the replica that is asked without the object",
      reference: "https://github.com/weaviate/weaviate/issues/3762"),
    .splitBrainDropsASide: Precedent(
      system:
        "Hazelcast 3.8.3, Jepsen 2017: both sides of a partition run on, and updates are lost",
      reference: "https://jepsen.io/analyses/hazelcast-3-8-3"),
  ]

  private static let operations: [Defect: Precedent] = [
    .compareAndSetNotAtomic: Precedent(
      system: "Hazelcast 3.8.3, Jepsen 2017: compare-and-set on atomic references is not atomic",
      reference: "https://jepsen.io/analyses/hazelcast-3-8-3"),
    .retriesNonIdempotentWrite: Precedent(
      system: "jetcd 0.8.2, Jepsen 2024: the client repeats transactions that had succeeded",
      reference: "https://jepsen.io/analyses/jetcd-0.8.2"),
    .reportsFailureForAppliedWrite: Precedent(
      system: "CorfuDB, 2017: a transaction that was said to be aborted was committed",
      reference: "https://github.com/CorfuDB/CorfuDB/issues/974"),
    .dropsOneInFiveHundred: Precedent(
      system:
        "Radix DLT 1.0-beta.35.1, Jepsen 2022: committed transactions are lost, wholly or in part",
      reference: "https://jepsen.io/analyses/radix-dlt-1.0-beta.35.1"),
  ]

  private static let transactions: [Defect: Precedent] = [
    .dirtyRead: Precedent(
      system: "VoltDB 6.3, Jepsen 2016: strict serializability was claimed, and reads were dirty",
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
      system:
        "PostgreSQL at repeatable read: a test of its own shows a reader what no order explains",
      reference:
        "https://github.com/postgres/postgres/blob/master/src/test/isolation/specs/read-only-anomaly.spec"
    ),
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
      system: "etcd 3.4.3, Jepsen 2020: its locks do not guarantee that only one has them",
      reference: "https://jepsen.io/blog/2020-01-30-etcd-3.4.3"),
    .fencingTokenGoesDown: Precedent(
      system: "etcd, 2023: revisions, which serve as tokens, decrease after a restore",
      reference: "https://github.com/etcd-io/etcd/issues/16028"),
    .timerTwice: Precedent(
      system: "Kubernetes CronJob: in certain circumstances two jobs are made for one time",
      reference:
        "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/"),
    .timerNeverAfterSiteLost: Precedent(
      system: "Chronos on Mesos, Jepsen 2015: after a partition jobs are never run again",
      reference: "https://aphyr.com/posts/326-jepsen-chronos"),
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
      system: "etcd 3, 2017: healthy while its space is used up and no write succeeds",
      reference: "https://github.com/etcd-io/etcd/issues/8207"),
    .leakPerReconnect: Precedent(
      system: "Teku, 2020: every refused duplicate connection of a peer left a descriptor open",
      reference: "https://github.com/Consensys-Incorporated/teku/pull/2013"),
    .addressKeptAfterLosingRole: Precedent(
      system: "keepalived, 2015: two nodes stay master, and both keep the virtual address",
      reference: "https://github.com/acassen/keepalived/issues/138"),
    .plaintextBetweenSites: Precedent(
      system: "Apache Cassandra, CVE-2020-17516: unencrypted connections of other sites are taken",
      reference:
        "https://github.com/CVEProject/cvelistV5/blob/main/cves/2020/17xxx/CVE-2020-17516.json"),
    .secretInLog: Precedent(
      system: "Kubernetes, CVE-2020-8564: secrets of a malformed file are written to the log",
      reference: "https://github.com/kubernetes/kubernetes/issues/95622"),
    .acceptsUnauthenticatedPeer: Precedent(
      system: "Apache ZooKeeper, CVE-2023-44981: a peer without an instance name is let in",
      reference: "https://github.com/advisories/GHSA-7286-pgfv-vxvh"),
  ]
}
