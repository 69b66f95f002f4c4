import Basics
@testable import Durability
import TestGround
import Testing

/// Two folder trees, the one that is and the one that the disk holds, kept in full.
private struct Trees {
  typealias Entry = NameLog.Entry
  var current: [Entry: Int] = [:]
  var durable: [Entry: Int] = [:]
  /// Entries that become durable together, some of which may be durable by now.
  var ties: [Set<Entry>] = []
  var folders: Set<Int> = [1]
  var next = 2

  func isPending(_ entry: Entry) -> Bool { current[entry] != durable[entry] }

  /// Entries that are tied to this one, it included.
  func tied(_ entry: Entry) -> Set<Entry> { ties.first { $0.contains(entry) } ?? [entry] }

  mutating func change(_ changes: [(Entry, Int?)]) {
    var one = Set(changes.map(\.0))
    for (entry, new) in changes {
      one.formUnion(tied(entry))
      current[entry] = new
    }
    ties.removeAll { !$0.isDisjoint(with: one) }
    if changes.count > 1 || one.count > 1 { ties.append(one) }
    tidy()
  }

  private mutating func tidy() {
    ties = ties.map { $0.filter(isPending) }.filter { $0.count > 1 }
  }

  /// Looks at all entries again and again until nothing is added.
  mutating func sync(_ file: Int) {
    var reached: Set<Int> = [file]
    var due: Set<Entry> = []
    let all = Set(current.keys).union(durable.keys)
    var before = -1
    while before != due.count + reached.count {
      before = due.count + reached.count
      for entry in all where isPending(entry) {
        let leads = current[entry].map(reached.contains) ?? false
        let isInside = entry.folder == file && folders.contains(file)
        guard leads || isInside || !tied(entry).isDisjoint(with: due) else { continue }
        due.insert(entry)
        reached.insert(entry.folder)
      }
    }
    for entry in due { durable[entry] = current[entry] }
    tidy()
  }

  /// Folders that a path from the top leads to now.
  var reachable: [Int] {
    var found: [Int] = [1]
    var place = 0
    while place < found.count {
      let inside = current.filter { $0.key.folder == found[place] && folders.contains($0.value) }
      found += inside.values.sorted()
      place += 1
    }
    return found
  }

  func isBelow(_ folder: Int, _ above: Int) -> Bool {
    var next: Int? = folder
    while let here = next {
      if here == above { return true }
      next = current.first { $0.value == here }?.key.folder
    }
    return false
  }
}

@Suite struct NameLogTests {
  @Test func aPowerLossLeavesTheNamesThatWereDurable() {
    let seed = Seeds.fresh()
    for round in 0..<Seeds.rounds(400) {
      var chance = Chance(seed: seed).stream("round \(round)")
      var trees = Trees()
      var log = NameLog()
      for _ in 0..<40 {
        act(&trees, &log, &chance)
        expectSame(trees, log, round)
      }
    }
  }

  private func expectSame(_ trees: Trees, _ log: NameLog, _ round: Int) {
    let entries = Set(trees.current.keys).union(trees.durable.keys).filter(trees.isPending)
    let expected = entries.sorted().map {
      NameLog.Change(entry: $0, current: trees.current[$0], durable: trees.durable[$0])
    }
    #expect(log.changes == expected, "round \(round)")
    for number in 1..<trees.next {
      let isWanted = expected.contains { $0.durable == number }
      #expect(log.isWanted(number) == isWanted, "round \(round)")
    }
    let held = trees.durable.values.filter(trees.folders.contains)
    #expect(Set(held).count == held.count, "a folder has two durable names in round \(round)")
  }

  private func act(_ trees: inout Trees, _ log: inout NameLog, _ chance: inout Chance) {
    let folders = trees.reachable
    func entry(_ chance: inout Chance) -> NameLog.Entry {
      NameLog.Entry(folders[chance.below(folders.count)], ["a", "b", "c"][chance.below(3)])
    }
    let (one, other) = (entry(&chance), entry(&chance))
    switch chance.below(7) {
    case 0, 1:
      guard trees.current[one] == nil else { return }
      let file = trees.next
      trees.next += 1
      if chance.below(3) == 0 { trees.folders.insert(file) }
      log.set(one, from: nil, to: file)
      trees.change([(one, file)])
    case 2:
      guard let old = trees.current[one], !trees.current.keys.contains(where: { $0.folder == old })
      else { return }
      log.set(one, from: old, to: nil)
      trees.change([(one, nil)])
    case 3, 4: move(one, other, &trees, &log)
    case 5:
      let released = log.synced(one.folder, isFolder: true)
      trees.sync(one.folder)
      #expect(
        released.allSatisfy {
          !trees.durable.values.contains($0) || trees.current.values.contains($0)
        })
    default:
      guard let file = trees.current[one] else { return }
      _ = log.synced(file, isFolder: trees.folders.contains(file))
      trees.sync(file)
      #expect(trees.durable[one] == file)
    }
  }

  private func move(
    _ one: NameLog.Entry, _ other: NameLog.Entry, _ trees: inout Trees, _ log: inout NameLog
  ) {
    guard let file = trees.current[one], one != other else { return }
    let old = trees.current[other]
    guard old != file else { return }
    if trees.folders.contains(file), trees.isBelow(other.folder, file) { return }
    if let old {
      guard trees.folders.contains(old) == trees.folders.contains(file),
        !trees.current.keys.contains(where: { $0.folder == old })
      else { return }
    }
    log.setTogether([(one, file, nil), (other, old, file)])
    trees.change([(one, nil), (other, file)])
  }

  private let top = 1
  private func entry(_ name: String) -> NameLog.Entry { NameLog.Entry(1, name) }

  @Test func aNewFileIsGoneUntilItIsSynced() {
    var log = NameLog()
    log.set(entry("new"), from: nil, to: 2)
    #expect(log.changes == [.init(entry: entry("new"), current: 2, durable: nil)])
    _ = log.synced(2, isFolder: false)
    #expect(log.changes.isEmpty)
  }

  @Test func aRenameIsUndoneUntilTheFolderIsSynced() {
    var log = NameLog()
    log.setTogether([(entry("tmp"), 3, nil), (entry("file"), 2, 3)])
    #expect(log.isWanted(2) && log.isWanted(3))
    #expect(log.synced(top, isFolder: true) == [2, 3])
    #expect(log.changes.isEmpty)
  }

  @Test func aRemovedNameComesBackAlthoughTheFileWasSynced() {
    var log = NameLog()
    log.set(entry("old"), from: 2, to: nil)
    _ = log.synced(2, isFolder: false)
    #expect(log.changes == [.init(entry: entry("old"), current: nil, durable: 2)])
  }

  @Test func aFileTakesItsFoldersAlong() {
    var log = NameLog()
    log.set(entry("folder"), from: nil, to: 2)
    log.set(.init(2, "file"), from: nil, to: 3)
    log.set(.init(2, "other"), from: nil, to: 4)
    _ = log.synced(3, isFolder: false)
    #expect(log.changes.map(\.entry) == [.init(2, "other")])
  }

  @Test func whatWasInAFolderThatIsGoneIsForgotten() {
    var log = NameLog()
    log.set(.init(2, "file"), from: 3, to: nil)
    log.set(entry("folder"), from: 2, to: nil)
    #expect(log.synced(top, isFolder: true) == [2])
    #expect(log.forget(folder: 2) == [3])
    #expect(log.changes.isEmpty)
  }
}
