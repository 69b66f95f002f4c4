import Basics
import ServiceGround
import Synchronization
import Testing

@testable import twosite_store

/// The store without a leader, in front of a replica that keeps a dictionary.
@Suite struct KeyedStoreTests {
  private final class Shelf: KeyedReplica {
    let values = Mutex<[String: [UInt8]]>([:])
    let ending = Mutex(Submission.done([]))

    func put(_ key: String, _ value: [UInt8], until deadline: Deadline) -> Submission {
      values.withLock { $0[key] = value }
      return ending.withLock { $0 }
    }
    func delete(_ key: String, until deadline: Deadline) -> Submission {
      values.withLock { $0[key] = nil }
      return .done([])
    }
    func get(_ key: String, until deadline: Deadline) -> KeyedAnswer {
      .found(local(key).filter { $0.key == key })
    }
    func scan(_ prefix: String, until deadline: Deadline) -> KeyedAnswer {
      .refused("no quorum")
    }
    func local(_ prefix: String) -> [KeyedValue] {
      values.withLock { values in
        values.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }
          .map { KeyedValue(key: $0.key, value: $0.value) }
      }
    }
    var status: ReplicaStatus {
      ReplicaStatus(
        role: .peer, leader: nil, term: 0, committed: 0, applied: 0, takesWrites: true)
    }
    func stop() {}
  }

  private let shelf = Shelf()
  private var lines: LineService {
    LineService(name: "a", handler: KeyedStore(shelf, .three()), patience: .seconds(1))
  }

  @Test func registersAndSetsAreKeys() {
    #expect(lines.answer("read k") == "ok null")
    #expect(lines.answer("write k 5") == "ok null")
    #expect(lines.answer("write k2 6") == "ok null")
    #expect(lines.answer("read k") == "ok 5")
    #expect(lines.answer("add s 7") == "ok null")
    #expect(lines.answer("add s 8") == "ok null")
    #expect(lines.answer("local elements s") == "ok [7,8]")
    #expect(lines.answer("elements s") == "refused no quorum")
  }

  @Test func whatNeedsAnOrderIsRefused() {
    for line in ["cas k [1,2]", "next s", "txn - [[\"r\",1,null]]", "take q", "fired -"] {
      #expect(lines.answer(line).hasPrefix("malformed without a leader"), "\(line)")
    }
  }

  @Test func whatIsUnknownStaysUnknown() {
    shelf.ending.withLock { $0 = .unknown("late") }
    #expect(lines.answer("write k 5") == "unknown late")
  }
}
