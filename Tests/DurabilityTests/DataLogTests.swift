import Basics
import Durability
import TestGround
import Testing

@Suite struct DataLogTests {
  /// A file twice: as it is, and as the disk holds it; page by page, with nothing clever.
  private struct Model {
    var current: [UInt8]
    var durable: [UInt8]
    var doomed: Set<Int> = []
    var dirty: Set<Int> = []

    private let page = DataLog.pageBytes

    init(_ content: [UInt8]) { (current, durable) = (content, content) }

    mutating func touch(_ range: Range<Int>) {
      for number in Set(range.map { $0 / page }) {
        dirty.insert(number)
        doomed.remove(number)
      }
    }

    mutating func write(_ bytes: [UInt8], at offset: Int) {
      touch(offset..<offset + bytes.count)
      current += [UInt8](repeating: 0, count: max(0, offset + bytes.count - current.count))
      current.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    }

    mutating func truncate(_ size: Int) {
      touch(min(size, current.count)..<current.count)
      current = Array(current.prefix(size))
      current += [UInt8](repeating: 0, count: size - current.count)
    }

    mutating func sync() {
      var new = [UInt8](repeating: 0, count: current.count)
      for place in new.indices {
        let isLost = doomed.contains(place / page)
        new[place] = isLost ? (place < durable.count ? durable[place] : 0) : current[place]
      }
      durable = new
      dirty = doomed
    }

    mutating func fail() { doomed.formUnion(dirty) }
  }

  @Test func aPowerLossLeavesWhatWasSyncedLast() {
    let seed = Seeds.fresh()
    for round in 0..<Seeds.rounds(300) {
      var chance = Chance(seed: seed).stream("round \(round)")
      var model = Model(
        (0..<chance.below(20_000)).map { _ in UInt8(truncatingIfNeeded: chance.next()) })
      var log = DataLog()
      for _ in 0..<chance.below(25) { act(&model, &log, &chance) }
      let isRight = undone(model.current, log) == model.durable
      #expect(isRight, "round \(round)")
      let isClean = !log.isDurable || model.current == model.durable
      #expect(isClean, "round \(round)")
    }
  }

  private func act(_ model: inout Model, _ log: inout DataLog, _ chance: inout Chance) {
    let size = model.current.count
    switch chance.below(8) {
    case 0...3:
      let offset = chance.below(size + 3000)
      let bytes = (0..<1 + chance.below(9000)).map { _ in UInt8(truncatingIfNeeded: chance.next()) }
      prepare(offset..<offset + bytes.count, model, &log)
      model.write(bytes, at: offset)
      log.wrote(offset..<offset + bytes.count, serial: 1)
    case 4:
      let new = chance.below(size + 5000)
      prepare(min(new, size)..<size, model, &log)
      model.truncate(new)
    case 5:
      log.syncFailed()
      model.fail()
    default:
      model.sync()
      log.synced(size: model.current.count)
    }
  }

  private func prepare(_ range: Range<Int>, _ model: Model, _ log: inout DataLog) {
    for number in log.willChange(range, size: model.current.count) {
      log.keep(number, Array(model.current.dropFirst(number * 4096).prefix(4096)))
    }
  }

  private func undone(_ content: [UInt8], _ log: DataLog, torn: [UInt8] = []) -> [UInt8] {
    guard let restoration = log.restoration(torn: torn) else { return content }
    var content = content
    for write in restoration.writes {
      let end = write.offset + write.bytes.count
      content += [UInt8](repeating: 0, count: max(0, end - content.count))
      content.replaceSubrange(write.offset..<end, with: write.bytes)
    }
    content += [UInt8](repeating: 0, count: max(0, restoration.size - content.count))
    return Array(content.prefix(restoration.size))
  }

  @Test func aTornWriteKeepsItsBeginningOnly() {
    var model = Model([UInt8](repeating: 1, count: 8192))
    var log = DataLog()
    for (place, byte) in [(0, UInt8(2)), (4096, 3)] {
      prepare(place..<place + 4096, model, &log)
      model.write([UInt8](repeating: byte, count: 4096), at: place)
      log.wrote(place..<place + 4096, serial: place)
    }
    let left = undone(model.current, log, torn: Array(model.current[4096..<5120]))
    let expected =
      [UInt8](repeating: 1, count: 4096) + [UInt8](repeating: 3, count: 1024)
      + [UInt8](repeating: 1, count: 3072)
    let isRight = left == expected
    #expect(isRight)
  }

  @Test func aFlippedBitIsInWhatComesBackToo() {
    var model = Model([UInt8](repeating: 8, count: 4096))
    var log = DataLog()
    prepare(0..<1, model, &log)
    model.write([9], at: 0)
    log.flip(2, at: 5)
    let left = undone(model.current, log)
    #expect(left[0] == 8)
    #expect(left[5] == 10)
  }
}
