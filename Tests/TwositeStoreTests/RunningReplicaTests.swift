import ServiceGround
import Testing

@testable import twosite_store

/// Real replicas: threads, files, TCP over the loopback.
@Suite(.serialized) struct RunningReplicaTests {
  private static func start(_ mode: Mode, _ group: TestMembers, _ place: Int) throws
    -> any Replica
  {
    try makeReplica(mode, group.membership(place), Registers.self)
  }

  private static func deadline() -> Deadline { .after(.seconds(5)) }

  /// Writes through whoever takes it.
  private static func write(_ value: UInt64, _ replicas: [any Replica]) -> Bool {
    comes {
      replicas.contains {
        $0.submit(Registers.write(1, value), until: deadline()) == .done(Registers.write(1, value))
      }
    }
  }

  private static func reads(_ value: UInt64, _ replica: any Replica, _ freshness: Freshness) -> Bool
  {
    replica.ask([1], freshness, until: deadline()) == .done(Registers.write(1, value))
  }

  @Test func aClusterOutlivesItsLeader() throws {
    let group = try TestMembers(["a", "a", "b"])
    var replicas = try (0..<3).map { try Self.start(.raft, group, $0) }
    #expect(Self.write(7, replicas))
    let leader = try #require(replicas.firstIndex { $0.status.role == .leader })
    replicas[leader].stop()
    var others = replicas
    others.remove(at: leader)
    #expect(Self.write(8, others))
    #expect(comes { others.contains { Self.reads(8, $0, .linearizable) } })
    replicas[leader] = try Self.start(.raft, group, leader)
    #expect(comes { Self.reads(8, replicas[leader], .local) })
    for replica in replicas { replica.stop() }
    // Everything is still there after all of them ended.
    replicas = try (0..<3).map { try Self.start(.raft, group, $0) }
    #expect(comes { replicas.contains { Self.reads(8, $0, .linearizable) } })
    for replica in replicas { replica.stop() }
  }

  @Test func oneReplicaIsAClusterToo() throws {
    let group = try TestMembers(["a"])
    let replica = try Self.start(.raft, group, 0)
    #expect(Self.write(3, [replica]))
    #expect(Self.reads(3, replica, .linearizable))
    replica.stop()
  }

  @Test func withoutAMajorityNothingIsAcknowledged() throws {
    let group = try TestMembers(["a", "a", "a"])
    let replica = try Self.start(.raft, group, 0)
    let end = replica.submit(Registers.write(1, 5), until: .after(.milliseconds(100)))
    #expect(end == .refused("no leader is known"))
    #expect(!replica.status.takesWrites)
    replica.stop()
  }

  /// The primary ends, the other goes on, and the old one follows when it comes back.
  @Test(arguments: [Mode.synchronous, .asynchronous]) func aReplicaTakesOverByTheWitness(mode: Mode)
    throws
  {
    let group = try TestMembers(["a", "b", "c"], witness: "n2")
    var members = try (0..<3).map { try Self.start(mode, group, $0) }
    #expect(Self.write(7, members))
    // The synchronous primary takes its replica in before the replica may take over.
    #expect(comes { members[..<2].allSatisfy { Self.reads(7, $0, .local) } })
    #expect(members[2].status.role == .witness)
    let primary = try #require(members.firstIndex { $0.status.role == .leader })
    #expect(comes { mode == .asynchronous || members[primary].status.mayLose == nil })
    members[primary].stop()
    #expect(Self.write(8, [members[1 - primary]]))
    members[primary] = try Self.start(mode, group, primary)
    #expect(comes { Self.reads(8, members[primary], .local) })
    #expect(comes { Self.reads(8, members[1 - primary], .linearizable) })
    for member in members { member.stop() }
  }
}
