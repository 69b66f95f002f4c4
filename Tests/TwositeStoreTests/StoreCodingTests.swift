import Basics
import Testing

@testable import twosite_store

/// Commands, answers and snapshots as bytes.
@Suite struct StoreCodingTests {
  private static func text(_ chance: inout Chance) -> String { "k\(chance.below(4))" }

  private static func datum(_ chance: inout Chance, depth: Int = 0) -> Datum {
    switch chance.below(depth < 2 ? 4 : 3) {
    case 0: .nothing
    case 1: .integer(Int64(bitPattern: chance.next()))
    case 2: .text("ü\(chance.below(9))")
    default: .list((0..<chance.below(3)).map { _ in datum(&chance, depth: depth + 1) })
    }
  }

  private static func operation(_ chance: inout Chance) -> MicroOperation {
    let kinds: [MicroOperation.Kind] = [.read, .write, .append, .remove]
    let kind = kinds[chance.below(4)]
    return MicroOperation(kind, text(&chance), kind == .read ? .nothing : datum(&chance))
  }

  private static func operations(_ chance: inout Chance) -> [MicroOperation] {
    (0..<1 + chance.below(4)).map { _ in operation(&chance) }
  }

  private static func command(_ chance: inout Chance) -> StoreCommand {
    let name = text(&chance)
    let small = UInt64(chance.below(20))
    switch chance.below(16) {
    case 0: return .write(key: name, datum(&chance))
    case 1: return .compareAndSet(key: name, old: datum(&chance), new: datum(&chance))
    case 2: return .transaction(operations(&chance))
    case 3:
      let checks: [Installation.Check] = [.nothing, .writes, .updates]
      return .install(
        Installation(
          check: checks[chance.below(3)], since: small, reads: [name],
          writes: operations(&chance)))
    case 4: return .addElement(set: name, datum(&chance))
    case 5: return .increase(counter: name, by: Int64(bitPattern: chance.next()))
    case 6: return .openBank(name, [10, .max, -3])
    case 7:
      return .transfer(
        bank: name, from: Int64(chance.below(3)), to: Int64(chance.below(3)),
        amount: Int64(bitPattern: chance.next()) >> Int64(chance.below(64)))
    case 8: return .enqueue(queue: name, datum(&chance))
    case 9: return .take(queue: name, lease: chance.next() >> small, inOrder: small > 10)
    case 10: return .acknowledge(queue: name, token: small)
    case 11: return .acquire(lock: name, owner: datum(&chance), lease: small)
    case 12: return .release(lock: name, token: small)
    case 13: return .setTimer(.integer(Int64(small)), delay: small, home: name)
    case 14: return .fire([.integer(Int64(small)), datum(&chance)])
    default: return .number(sequence: name, count: chance.next() >> UInt64(chance.below(64)))
    }
  }

  private static func stamped(_ chance: inout Chance) -> StampedCommand {
    let isOn = chance.below(4) == 0
    return StampedCommand(
      stamp: Stamp(
        session: UInt64(chance.below(3)), number: UInt64(chance.below(1000)),
        time: chance.below(50) == 0 ? chance.next() : UInt64(chance.below(1000)),
        defects: isOn ? [Defect.ofTheMachine[chance.below(5)]] : []),
      command: command(&chance))
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func whatIsReadIsWhatWasWritten(seed: UInt64) {
    var chance = Chance(seed: seed)
    for _ in 0..<200 {
      let command = Self.stamped(&chance)
      #expect(StampedCommand(coded: command.coded) == command, "seed \(seed)")
      let answer = Answer.done(Self.datum(&chance))
      #expect(Answer(coded: answer.coded) == answer, "seed \(seed)")
    }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func theSameCommandsMakeTheSameMachine(seed: UInt64) throws {
    var chance = Chance(seed: seed)
    var one = StoreMachine()
    var other = StoreMachine()
    for step in 0..<300 {
      let bytes = Self.stamped(&chance).coded
      #expect(one.apply(bytes) == other.apply(bytes), "seed \(seed), step \(step)")
      guard step.isMultiple(of: 50) else { continue }
      // From here on the other is one that was made of a snapshot.
      other = try #require(StoreMachine(snapshot: one.snapshot()), "seed \(seed), step \(step)")
      #expect(other == one, "seed \(seed), step \(step)")
    }
    #expect(one.snapshot() == other.snapshot(), "seed \(seed)")
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func hostileBytesAreRefusedAndNeverTrap(seed: UInt64) {
    var chance = Chance(seed: seed)
    var machine = StoreMachine()
    for _ in 0..<30 { _ = machine.apply(Self.stamped(&chance).coded) }
    let snapshot = machine.snapshot()
    for _ in 0..<300 {
      let noise = (0..<chance.below(60)).map { _ in UInt8(truncatingIfNeeded: chance.next()) }
      _ = machine.apply(noise)
      _ = machine.answer(noise)
      #expect(StoreMachine(snapshot: Array(snapshot.dropLast(1 + chance.below(20)))) == nil)
      var bent = chance.below(2) == 0 ? snapshot : Self.stamped(&chance).coded
      let place = chance.below(bent.count)
      bent[place] ^= UInt8(1 << chance.below(8))
      _ = machine.apply(bent)
      // A bent snapshot that is one all the same must bear everything.
      if var other = StoreMachine(snapshot: bent) {
        for _ in 0..<20 { _ = other.apply(Self.stamped(&chance).coded) }
        #expect(StoreMachine(snapshot: other.snapshot()) == other, "seed \(seed)")
      }
    }
  }

  @Test func aLengthThatCannotBeIsRefusedBeforeMemoryIsAskedFor() {
    var writer = ByteWriter()
    writer.write(UInt64.max)
    #expect([UInt64](coded: writer.bytes) == nil)
    #expect(String(coded: writer.bytes) == nil)
    writer = ByteWriter()
    writer.write(UInt64(1) << 40)
    #expect([String: Int64](coded: writer.bytes + [1, 2, 3]) == nil)
  }

  @Test func listsAreNotNestedForEver() {
    let deep = [UInt8](repeating: 3, count: 1)
    var bytes: [UInt8] = []
    for _ in 0..<1000 { bytes += deep + [1, 0, 0, 0, 0, 0, 0, 0] }
    #expect(Datum(coded: bytes + [0]) == nil)
  }

  @Test func equalMachinesAreEqualBytes() {
    var forth: [String: Int64] = [:]
    var back: [String: Int64] = [:]
    for number in 0..<100 { forth["k\(number)"] = Int64(number) }
    for number in (0..<100).reversed() { back["k\(number)"] = Int64(number) }
    #expect(forth.coded == back.coded)
    #expect([String: Int64](coded: forth.coded) == forth)
  }
}
