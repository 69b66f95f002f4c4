import Basics
import Testing

@testable import twosite_store

/// Transactions that are carried out in parts have the anomaly that they are named for, and not the ones beyond it;
/// without a defect they have none, whatever comes between.
@Suite struct WeakTransactionTests {
  private func scene(_ defect: Defect, _ isOn: Bool) -> StoreScene {
    StoreScene(isOn ? [defect] : [])
  }

  private static func direct(_ operations: MicroOperation...) -> StoreCommand {
    .transaction(operations)
  }

  @Test(arguments: [false, true])
  func anUpdateIsLost(isOn: Bool) {
    let scene = scene(.lostUpdate, isOn)
    scene.before(isOn ? 1 : 0) { $0.doDirectly(Self.direct(.init(.append, "k", .integer(2)))) }
    #expect(scene.value(.txn, "", [["append", "k", 1]]) != nil)
    #expect(
      scene.replica.cell("k") == .list((isOn ? [1] : [2, 1]).map { Datum.integer(Int64($0)) }))
  }

  @Test(arguments: [false, true])
  func writesAreSkewed(isOn: Bool) {
    let scene = scene(.writeSkew, isOn)
    scene.before(isOn ? 1 : 0) {
      $0.doDirectly(Self.direct(.init(.read, "y"), .init(.write, "x", .integer(1))))
    }
    let seen = scene.value(.txn, "", [["r", "x", nil], ["w", "y", 2]])
    #expect(seen == [["r", "x", isOn ? nil : 1], ["w", "y", 2]])
    #expect(scene.replica.cell("x") == .integer(1))
    #expect(scene.replica.cell("y") == .integer(2))
  }

  @Test(arguments: [Defect.writeSkew, .readOnlyAnomaly])
  func noUpdateIsLostInASnapshot(defect: Defect) {
    let scene = scene(defect, true)
    scene.before(1) { $0.doDirectly(.write(key: "k", .integer(1))) }
    #expect(
      scene.call(.txn, "", [["r", "k", nil], ["w", "k", 2]])
        == .declined("another transaction came first"))
    #expect(scene.replica.cell("k") == .integer(1))
  }

  @Test(arguments: [false, true])
  func whatOnlyReadsSeesAnOrderThatCannotBe(isOn: Bool) {
    let scene = scene(.readOnlyAnomaly, isOn)
    // Fekete, O'Neil and O'Neil: T2 reads x and y and writes x, T1 writes y between, and T3 reads both then.
    scene.before(isOn ? 1 : 0) {
      $0.doDirectly(Self.direct(.init(.read, "y"), .init(.write, "y", .integer(20))))
      #expect($0.cell("x") == .nothing)
    }
    let seen = scene.value(.txn, "", [["r", "x", nil], ["r", "y", nil], ["w", "x", -11]])
    #expect(seen == [["r", "x", nil], ["r", "y", isOn ? nil : 20], ["w", "x", -11]])
  }

  @Test func underTheReadOnlyAnomalyWritesAreNotSkewed() {
    let scene = scene(.readOnlyAnomaly, true)
    scene.before(1) {
      $0.doDirectly(Self.direct(.init(.read, "y"), .init(.write, "x", .integer(1))))
    }
    let outcome = scene.call(.txn, "", [["r", "x", nil], ["w", "y", 2]])
    #expect(outcome == .declined("another transaction came first"))
  }

  @Test(arguments: [false, true])
  func aReadIsNotRepeatable(isOn: Bool) {
    let scene = scene(.nonRepeatableRead, isOn)
    scene.before(1) { $0.doDirectly(.write(key: "x", .integer(1))) }
    let seen = scene.value(.txn, "", [["r", "x", nil], ["r", "x", nil]])
    #expect(seen == [["r", "x", nil], ["r", "x", isOn ? 1 : nil]])
  }

  @Test(arguments: [false, true])
  func aReadIsFracturedAndYetRepeatable(isOn: Bool) {
    let scene = scene(.fracturedRead, isOn)
    scene.before(1) {
      $0.doDirectly(
        Self.direct(.init(.write, "x", .integer(1)), .init(.write, "y", .integer(1))))
    }
    let seen = scene.value(.txn, "", [["r", "x", nil], ["r", "y", nil], ["r", "x", nil]])
    #expect(seen == [["r", "x", nil], ["r", "y", isOn ? 1 : nil], ["r", "x", nil]])
  }

  @Test(arguments: [Defect.nonRepeatableRead, .fracturedRead])
  func aTransactionSeesItsOwnWrites(defect: Defect) {
    let scene = scene(defect, true)
    let seen = scene.value(.txn, "", [["append", "k", 1], ["r", "k", nil], ["append", "k", 2]])
    #expect(seen == [["append", "k", 1], ["r", "k", [1]], ["append", "k", 2]])
    #expect(scene.replica.cell("k") == .list([.integer(1), .integer(2)]))
  }

  @Test(arguments: [false, true])
  func whatIsRolledBackWasSeen(isOn: Bool) {
    let scene = scene(.dirtyRead, isOn)
    var declined: [Int] = []
    for number in 1...8 {
      let isLast = isOn && number == 8
      if isLast {
        scene.before(1) { #expect($0.cell("k") == .list((1...8).map { Datum.integer($0) })) }
      }
      let outcome = scene.call(.txn, "", [["append", "k", .integer(number)]])
      if case .declined = outcome { declined.append(number) }
    }
    #expect(declined == (isOn ? [8] : []))
    #expect(scene.replica.cell("k") == .list((1...(isOn ? 7 : 8)).map { Datum.integer($0) }))
  }

  @Test(arguments: [false, true])
  func twoReadersSeeWritesInDifferentOrders(isOn: Bool) {
    let scene = scene(.longFork, isOn)
    let read: JSON = [["r", "0", nil], ["r", "1", nil]]
    let second = Inner()
    // The other reader begins and ends while the first waits; each write falls between the two halves of one of them.
    scene.before(1) { _ in
      scene.before(1) {
        $0.doDirectly(.write(key: "0", .integer(5)), .write(key: "1", .integer(6)))
      }
      second.seen = scene.value(.txn, "", read)
    }
    let first = scene.value(.txn, "", read)
    guard isOn else { return #expect(first == [["r", "0", nil], ["r", "1", nil]]) }
    #expect(first == [["r", "0", nil], ["r", "1", 6]])
    #expect(second.seen == [["r", "0", 5], ["r", "1", nil]])
  }

  @Test func aTransactionOverSeveralCellsIsNotForked() {
    let scene = scene(.longFork, true)
    scene.before(1) {
      $0.doDirectly(
        Self.direct(.init(.write, "0", .integer(5)), .init(.write, "1", .integer(5))))
    }
    let seen = scene.value(.txn, "", [["r", "0", nil], ["r", "1", nil]])
    #expect(seen == [["r", "0", 5], ["r", "1", 5]])
  }

  private final class Inner: @unchecked Sendable { var seen: JSON? }
}
