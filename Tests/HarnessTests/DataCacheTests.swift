import Glibc
import Linux
import Testing

@testable import Harness

@Suite struct DataCacheTests {
  private func cache(_ scratch: Scratch, limitBytes: Int64 = DataCache.usualLimitBytes) -> DataCache
  {
    let place = CachePlace(orIn: scratch.path) {
      $0 == "XDG_CACHE_HOME" ? scratch.path + "/cache" : nil
    }
    #expect(place.obstacle == nil)
    return DataCache(at: place, limitBytes: limitBytes)
  }

  /// A file of an entry's data; nil where there is no such entry.
  private func read(_ file: String, of key: String, in cache: DataCache) throws -> String? {
    guard let data = try cache.data(for: key) else { return nil }
    return String(decoding: try data.read(file, atMost: 1 << 20), as: UTF8.self)
  }

  @Test func whatWasKeptIsFoundByItsKeyOnly() throws {
    let scratch = try Scratch()
    let source = scratch.path + "/source"
    try Files.makeFolder(source + "/sub")
    try Files.write("made with care", to: source + "/sub/file")
    let cache = self.cache(scratch)
    #expect(try read("sub/file", of: "one", in: cache) == nil)
    try cache.keep(Beneath(source), for: "one")
    #expect(try read("sub/file", of: "one", in: cache) == "made with care")
    #expect(try read("sub/file", of: "two", in: cache) == nil)
  }

  @Test func anEntryOfAnotherKeyWithTheSameNameIsNotUsed() throws {
    let scratch = try Scratch()
    try Files.makeFolder(scratch.path + "/source")
    let cache = self.cache(scratch)
    try Files.write("x", to: scratch.path + "/source/file")
    try cache.keep(Beneath(scratch.path + "/source"), for: "one")
    #expect(try read("file", of: "one", in: cache) == "x")
    try Files.write(
      "forged", to: "\(scratch.path)/cache/faultline/prepared/\(DataCache.hash("one"))/key")
    #expect(try read("file", of: "one", in: cache) == nil)
  }

  @Test func keepingTheSameTwiceDoesNoHarm() throws {
    let scratch = try Scratch()
    try Files.makeFolder(scratch.path + "/source")
    let cache = self.cache(scratch)
    for _ in 0..<2 { try cache.keep(Beneath(scratch.path + "/source"), for: "one") }
    #expect(try Files.list(scratch.path + "/cache/faultline/prepared") == [DataCache.hash("one")])
  }

  @Test func hashesAreLongAndDiffer() {
    let hashes = (0..<1000).map { DataCache.hash("key \($0)") }
    #expect(Set(hashes).count == 1000 && hashes.allSatisfy { $0.count == 32 })
  }

  @Test func whatWasNotUsedForLongestGivesWay() throws {
    let scratch = try Scratch()
    let source = scratch.path + "/source"
    try Files.makeFolder(source)
    try Files.write(String(repeating: "x", count: 100_000), to: source + "/file")
    let cache = self.cache(scratch)
    let keys = ["one", "two", "three", "four", "five"]
    for (age, key) in keys.enumerated() {
      try cache.keep(Beneath(source), for: key)
      // As if each had been used an hour after the one before it, days ago.
      let entry = "\(scratch.path)/cache/faultline/prepared/\(DataCache.hash(key))"
      try setAge(entry, hours: 100 - age)
    }
    #expect(try read("file", of: "two", in: cache) != nil, "nothing that fits is removed")
    try self.cache(scratch, limitBytes: 350_000).keep(Beneath(source), for: "six")
    let left = try (keys + ["six"]).filter { try read("file", of: $0, in: cache) != nil }
    #expect(left.contains("two") && left.contains("six"), "what was used just now stays: \(left)")
    #expect(!left.contains("one") && left.count <= 3, "\(left)")
  }

  @Test func whatWasUsedAMomentAgoStaysHoweverMuchItIs() throws {
    let scratch = try Scratch()
    let source = scratch.path + "/source"
    try Files.makeFolder(source)
    try Files.write(String(repeating: "x", count: 100_000), to: source + "/file")
    let cache = self.cache(scratch, limitBytes: 1000)
    for key in ["one", "two"] { try cache.keep(Beneath(source), for: key) }
    for key in ["one", "two"] { #expect(try read("file", of: key, in: cache) != nil) }
  }

  @Test func whoHasNoHomeKeepsItBesideTheReports() throws {
    let scratch = try Scratch()
    let places = [
      CachePlace(orIn: scratch.path) { _ in nil },
      CachePlace(orIn: scratch.path) { $0 == "XDG_CACHE_HOME" ? "relative" : nil },
    ]
    for place in places {
      #expect(place.path == scratch.path + "/.prepared" && place.obstacle != nil)
    }
    let home = CachePlace(orIn: scratch.path) { $0 == "HOME" ? scratch.path + "/home" : nil }
    #expect(home.path == scratch.path + "/home/.cache/faultline/prepared")
    #expect(home.obstacle == nil)
  }

  @Test func aFolderThatIsOpenToOthersIsNotTrusted() throws {
    let scratch = try Scratch()
    try Files.makeFolder(scratch.path + "/cache/faultline", mode: 0o777)
    let place = CachePlace(orIn: scratch.path) {
      $0 == "XDG_CACHE_HOME" ? scratch.path + "/cache" : nil
    }
    #expect(place.path == scratch.path + "/.prepared")
    #expect(place.obstacle?.contains("is open to other users") == true)
  }

  private func setAge(_ path: String, hours: Int) throws {
    var times = [timespec(), timespec()]
    unsafe clock_gettime(CLOCK_REALTIME, &times[0])
    times[0].tv_sec -= hours * 3600
    times[1] = times[0]
    #expect(unsafe utimensat(AT_FDCWD, path, times, 0) == 0)
  }
}
