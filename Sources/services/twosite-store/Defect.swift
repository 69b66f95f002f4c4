/// Every way in which the store can be told to lie; none is on unless `--defect NAME` says so.
enum Defect: String, CaseIterable, Sendable {
  // Durability
  case acknowledgesBeforeFsync = "acknowledges-before-fsync"
  case losesLogTailOnRestart = "loses-log-tail-on-restart"
  case acceptsTornRecord = "accepts-torn-record"
  case bitFlipNotNoticed = "bit-flip-not-noticed"
  case readsDuringRecovery = "reads-during-recovery"
  /// A long text or list is cut: MySQL without strict mode, https://dev.mysql.com/doc/refman/5.7/en/char.html.
  case truncatesLargeValue = "truncates-large-value"
  // Replication
  case acknowledgesBeforeReplicating = "acknowledges-before-replicating"
  case followerReadsAsFresh = "follower-reads-as-fresh"
  /// A cache outlives the leadership: the watch cache of Kubernetes, https://github.com/kubernetes/kubernetes/issues/59848.
  case staleCacheAfterFailover = "stale-cache-after-failover"
  case promotesWithoutFencing = "promotes-without-fencing"
  case servesAfterLosingLease = "serves-after-losing-lease"
  case countsDeadPeerForQuorum = "counts-dead-peer-for-quorum"
  case acceptsWritesInMinority = "accepts-writes-in-minority"
  case electsForEver = "one-way-partition-elects-for-ever"
  case voteNotPersisted = "vote-not-persisted"
  case snapshotDropsKey = "snapshot-drops-a-key"
  case commitsOldTermByCount = "commits-old-term-by-count"
  case failoverFiveTimesSlower = "failover-five-times-slower"
  case failoverNeverForOneRole = "failover-never-for-one-role"
  case flappingLeadership = "flapping-leadership"
  // Without a leader
  case lastWriteWinsBySkewedClock = "last-write-wins-by-skewed-clock"
  case oneKeyNeverConverges = "one-key-never-converges"
  case tombstoneResurrected = "tombstone-resurrected"
  case divergenceHiddenByReadRepair = "divergence-hidden-by-read-repair"
  case splitBrainDropsASide = "split-brain-drops-a-side"
  // Operations
  /// A read, and then a write: the atomic references of Hazelcast 3.8.3, https://jepsen.io/analyses/hazelcast-3-8-3.
  case compareAndSetNotAtomic = "compare-and-set-not-atomic"
  /// What had no answer is done again: the blind retries of TiDB 2.1.7, https://jepsen.io/analyses/tidb-2.1.7.
  case retriesNonIdempotentWrite = "retries-non-idempotent-write"
  case reportsFailureForAppliedWrite = "reports-failure-for-applied-write"
  /// Acknowledged and never kept: Elasticsearch 1.1, https://aphyr.com/posts/317-jepsen-elasticsearch.
  case dropsOneInFiveHundred = "drops-one-in-500"
  // Transactions
  /// What was rolled back was seen: VoltDB 6.3, https://aphyr.com/posts/331-jepsen-voltdb-6-3.
  case dirtyRead = "dirty-read"
  /// Two write what they made of the same state: TiDB 2.1.7, https://jepsen.io/analyses/tidb-2.1.7.
  case lostUpdate = "lost-update"
  /// Two write what the other has read: G2-item in PostgreSQL 12.3, https://jepsen.io/analyses/postgresql-12.3.
  case writeSkew = "write-skew"
  /// The same key twice, two values: MySQL 8.0.34 at repeatable read, https://jepsen.io/analyses/mysql-8.0.34.
  case nonRepeatableRead = "non-repeatable-read"
  /// Two readers, two orders: Amazon RDS for PostgreSQL 17.4, https://jepsen.io/analyses/amazon-rds-for-postgresql-17.4.
  case longFork = "long-fork"
  /// Whoever only reads sees what no order explains: PostgreSQL at repeatable read, see its `read-only-anomaly.spec`.
  case readOnlyAnomaly = "read-only-anomaly"
  /// Half of another transaction is seen: read skew in TiDB 2.1.7, https://jepsen.io/analyses/tidb-2.1.7.
  case fracturedRead = "fractured-read"
  // Queues, locks, timers, IDs
  /// A message is delivered to two: RabbitMQ 3.3 after partitions, https://aphyr.com/posts/315-jepsen-rabbitmq.
  case duplicatesMessage = "duplicates-message"
  /// What was lent is gone: the queues of Hazelcast 3.8.3 forget elements, https://jepsen.io/analyses/hazelcast-3-8-3.
  case losesMessageOnLeaseExpiry = "loses-message-on-lease-expiry"
  /// What comes again comes behind: requeued messages of RabbitMQ, https://www.rabbitmq.com/docs/semantics.
  case redeliversOutOfOrder = "redelivers-out-of-order"
  /// Two hold one lock: etcd 3.4.3, https://jepsen.io/analyses/etcd-3.4.3.
  case lockGivenTwiceAfterPause = "lock-given-twice-after-pause"
  case fencingTokenGoesDown = "fencing-token-goes-down"
  /// A job is started twice: CronJob of Kubernetes, https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/.
  case timerTwice = "timer-twice"
  /// Jobs are never run again after a partition: Chronos, https://aphyr.com/posts/326-jepsen-chronos.
  case timerNeverAfterSiteLost = "timer-never-after-site-lost"
  case timerEarlyByClockStep = "timer-early-by-clock-step"
  /// Node numbers that are drawn from an address may be equal: Sonyflake's usual ones, https://github.com/sony/sonyflake.
  case equalNodeBits = "equal-node-bits"
  /// What Twitter's Snowflake refuses and many of its copies do not, https://github.com/twitter-archive/snowflake/tree/snowflake-2010.
  case idsAfterClockStepBack = "ids-after-clock-step-back"
  /// The counter was in memory only: InnoDB before MySQL 8.0, https://bugs.mysql.com/bug.php?id=199.
  case sequenceReusedAfterFailover = "sequence-reused-after-failover"
  // Operation and safety
  case healthGreenWhileWritesFail = "health-green-while-writes-fail"
  case leakPerReconnect = "leak-per-reconnect"
  case addressKeptAfterLosingRole = "address-kept-after-losing-role"
  case plaintextBetweenSites = "plaintext-between-sites"
  case secretInLog = "secret-in-log"
  case acceptsUnauthenticatedPeer = "accepts-unauthenticated-peer"
}
