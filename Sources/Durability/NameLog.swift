/// Which names on one disk are not durable yet: for each entry of a folder that changed, what it led to
/// when it was last durable, and what it leads to now.
///
/// An fsync of a file makes its own names durable and those of the folders that lead to it; an fsync of a
/// folder all of its entries. A removed name comes back unless its folder was synced. The entries of a
/// rename become durable together, so a power loss finds the old state of it or the new one, as on file
/// systems with a journal.
public struct NameLog: Sendable {
  /// An entry of a folder. Folders and files go by numbers that are theirs as long as this log knows
  /// them.
  public struct Entry: Hashable, Comparable, Sendable {
    /// The number of the folder.
    public var folder: Int
    /// In that folder.
    public var name: String

    /// The entry `name` of the folder of that number.
    public init(_ folder: Int, _ name: String) {
      self.folder = folder
      self.name = name
    }

    public static func < (a: Entry, b: Entry) -> Bool {
      (a.folder, a.name) < (b.folder, b.name)
    }
  }

  /// An entry that a power loss changes.
  public struct Change: Hashable, Sendable {
    /// Which entry.
    public var entry: Entry
    /// What the entry leads to now; nil where it is not there.
    public var current: Int?
    /// What it leads to after a power loss; nil where it is gone.
    public var durable: Int?
  }

  private struct Pending: Sendable {
    var durable: Int?
    var current: Int?
    var group: Int?
  }

  private var pending: [Entry: Pending] = [:]
  /// Entries that become durable together; two at least.
  private var groups: [Int: Set<Entry>] = [:]
  private var nextGroup = 0
  /// The pending entries by what they would lead to after a power loss, by what they lead to now, and
  /// by their folder.
  private var byDurable = Index()
  private var byCurrent = Index()
  private var byFolder = Index()

  /// Every name is durable.
  public init() {}

  /// What a power loss would change, sorted by entry.
  public var changes: [Change] {
    pending.map { Change(entry: $0.key, current: $0.value.current, durable: $0.value.durable) }
      .sorted { $0.entry < $1.entry }
  }

  /// Whether the file must be kept although no name leads to it now: a power loss would bring one back.
  public func isWanted(_ file: Int) -> Bool { byDurable.has(file) }
  /// Whether the log has anything to do with it, as a file or as a folder.
  public func mentions(_ number: Int) -> Bool {
    byDurable.has(number) || byCurrent.has(number) || byFolder.has(number)
  }

  /// Notes that an entry leads elsewhere now.
  ///
  /// - Parameters:
  ///   - old: what it led to before.
  ///   - new: what it leads to; nil where it was removed.
  public mutating func set(_ entry: Entry, from old: Int?, to new: Int?) {
    var state = take(entry) ?? Pending(durable: old)
    state.current = new
    put(entry, state)
  }

  /// Notes changes that are durable together or not at all: the two entries of a rename.
  public mutating func setTogether(_ changes: [(entry: Entry, old: Int?, new: Int?)]) {
    var joined: Set<Entry> = []
    for (entry, old, new) in changes {
      joined.insert(entry)
      if let group = pending[entry]?.group { joined.formUnion(groups[group] ?? []) }
      set(entry, from: old, to: new)
    }
    joined = joined.filter { pending[$0] != nil }
    for entry in joined {
      if let old = pending[entry]?.group { groups[old] = nil }
      pending[entry]?.group = nil
    }
    guard joined.count > 1 else { return }
    nextGroup += 1
    groups[nextGroup] = joined
    for entry in joined { pending[entry]?.group = nextGroup }
  }

  /// An fsync of a file or a folder succeeded.
  ///
  /// - Returns: files that no power loss brings back any more.
  public mutating func synced(_ file: Int, isFolder: Bool) -> Set<Int> {
    guard mentions(file) else { return [] }
    var (reached, files): (Set<Int>, [Int]) = ([file], [file])
    var due: Set<Entry> = []
    var fresh = isFolder ? Array(byFolder[file]) : []
    while true {
      while let entry = fresh.popLast() {
        guard due.insert(entry).inserted else { continue }
        if let group = pending[entry]?.group { fresh += groups[group] ?? [] }
        if reached.insert(entry.folder).inserted { files.append(entry.folder) }
      }
      guard let next = files.popLast() else { break }
      fresh = Array(byCurrent[next])
    }
    return settle(due)
  }

  /// Every name is durable as it is.
  ///
  /// - Returns: files that no power loss brings back any more.
  public mutating func settled() -> Set<Int> { settle(Set(pending.keys)) }

  /// A folder is gone for good, and with it whatever was to come back into it.
  ///
  /// - Returns: files that no power loss brings back any more.
  public mutating func forget(folder: Int) -> Set<Int> { settle(byFolder[folder]) }

  private mutating func settle(_ entries: Set<Entry>) -> Set<Int> {
    var released: Set<Int> = []
    for entry in entries {
      guard let state = take(entry) else { continue }
      leave(entry, state.group)
      if let durable = state.durable { released.insert(durable) }
    }
    return released.filter { !isWanted($0) }
  }

  /// Takes an entry out; `put` or `leave` follows.
  private mutating func take(_ entry: Entry) -> Pending? {
    guard let state = pending.removeValue(forKey: entry) else { return nil }
    byFolder.remove(entry, entry.folder)
    byCurrent.remove(entry, state.current)
    byDurable.remove(entry, state.durable)
    return state
  }

  private mutating func put(_ entry: Entry, _ state: Pending) {
    guard state.current != state.durable else { return leave(entry, state.group) }
    pending[entry] = state
    byFolder.insert(entry, entry.folder)
    byCurrent.insert(entry, state.current)
    byDurable.insert(entry, state.durable)
  }

  /// The entry is durable as it is, so others do not wait for it.
  private mutating func leave(_ entry: Entry, _ group: Int?) {
    guard let group else { return }
    groups[group]?.remove(entry)
    guard let rest = groups[group], rest.count < 2 else { return }
    groups[group] = nil
    for last in rest { pending[last]?.group = nil }
  }

  /// Entries by a number.
  private struct Index: Sendable {
    private var entries: [Int: Set<Entry>] = [:]

    subscript(_ number: Int) -> Set<Entry> { entries[number] ?? [] }
    func has(_ number: Int) -> Bool { entries[number] != nil }

    mutating func insert(_ entry: Entry, _ number: Int?) {
      if let number { entries[number, default: []].insert(entry) }
    }

    mutating func remove(_ entry: Entry, _ number: Int?) {
      guard let number else { return }
      entries[number]?.remove(entry)
      if entries[number]?.isEmpty == true { entries[number] = nil }
    }
  }
}
