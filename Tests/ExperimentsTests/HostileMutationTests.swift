import Basics
import Experiments
import Foundation
import Harness
import Stacks
import TestGround
import Testing
import YAML

/// The shipped files, damaged by bytes, words and numbers, through the real planner: a plan or problems,
/// no crash, and no file that keeps it busy.
@Suite struct HostileMutationTests {
  private static let root =
    "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
  private static let path = "experiments/floating-address/01-load-balancer-dies.yaml"

  /// Everything that planning one experiment reads.
  private static func files() throws -> [String: [UInt8]] {
    let plan = try Loader(FolderLibrary(root: root), machine: .imaginary).experiment(path, seed: 1)
    return plan.origin.sources.mapValues { Array($0.utf8) }.filter { !$0.value.isEmpty }
  }

  @Test(arguments: 0..<4) func noDamagedFileStopsThePlanner(part: Int) throws {
    let files = try Self.files()
    #expect(files.count > 5)
    Self.damageAndPlan(files, Self.path, .standard, "shipped files, part \(part)", 750)
  }

  /// The same with a project so small that many more can be tried.
  @Test(arguments: 0..<4) func noDamagedFileOfASmallProjectStopsThePlanner(part: Int) {
    let files = Fixture.files.mapValues { Array($0.utf8) }
    Self.damageAndPlan(
      files, "experiments/two/01.yaml", Fixture.vocabulary, "small project, part \(part)", 4_500)
  }

  private static func damageAndPlan(
    _ files: [String: [UInt8]], _ experiment: String, _ vocabulary: Vocabulary, _ what: String,
    _ usual: Int
  ) {
    var chance = Chance(seed: Seeds.fresh("hostile files, \(what) "))
    let paths = files.keys.sorted()
    let clock = ContinuousClock()
    let rounds = Seeds.rounds(usual)
    var (plans, slowest) = (0, Duration.zero)
    for _ in 0..<rounds {
      var damaged = files
      let path = paths[Int(chance.next() % UInt64(paths.count))]
      damaged[path] = damage(damaged[path] ?? [], &chance)
      let start = clock.now
      let loader = Loader(MemoryLibrary(damaged), machine: .imaginary, vocabulary: vocabulary)
      do {
        _ = try loader.experiment(experiment, seed: 1)
        plans += 1
      } catch {
        #expect(!error.all.isEmpty && !error.description.isEmpty)
      }
      slowest = max(slowest, clock.now - start)
    }
    print("fuzz YAML, \(what): \(plans) of \(rounds) damaged files still plan; slowest \(slowest)")
    #expect(plans > 0 && plans < rounds)
    #expect(slowest < .seconds(8))
  }

  private static let strange = [
    "-1", "9223372036854775807", "1e-300", "1e308", "nan", "inf", "99999999999h", "0", "../../x",
    "/dev/zero",
    "${", "${x", "*a", "&a [*a]", "\0", "\"\\0\"", "[[[[[[[[", "{{{{", "- - - -",
    "%for x in node:all",
    "%end", "not not not", "${role:client.name}", "!!binary", "|", ">", "\u{202e}", "''", "1/0s",
    "2/s/s",
  ].map { Array($0.utf8) }

  private static func damage(_ bytes: [UInt8], _ chance: inout Chance) -> [UInt8] {
    var bytes = bytes
    for _ in 0...chance.next() % 4 where !bytes.isEmpty {
      let at = Int(chance.next() % UInt64(bytes.count))
      let end = min(bytes.count, at + Int(chance.next() % 40))
      switch chance.next() % 6 {
      case 0: bytes[at] = UInt8(truncatingIfNeeded: chance.next())
      case 1: bytes.removeSubrange(at..<end)
      case 2: bytes.insert(contentsOf: bytes[at..<end], at: at)
      case 3: bytes.insert(contentsOf: strange[Int(chance.next() % UInt64(strange.count))], at: at)
      case 4: replaceNumber(in: &bytes, after: at, &chance)
      default: bytes.insert(contentsOf: Array(repeating: bytes[at], count: 1000), at: at)
      }
    }
    return bytes
  }

  private static func replaceNumber(
    in bytes: inout [UInt8], after at: Int, _ chance: inout Chance
  ) {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard let first = bytes[at...].firstIndex(where: { digits.contains($0) }) else { return }
    let end = bytes[first...].firstIndex { !digits.contains($0) } ?? bytes.count
    bytes.replaceSubrange(
      first..<end, with: strange[Int(chance.next() % UInt64(strange.count))])
  }
}

/// What a small file could make of itself is bounded.
@Suite struct HostileGrowthTests {
  private func problems(_ path: String, _ text: String) -> [String] {
    var files = Fixture.files
    files[path] = text
    do throws(Problems) {
      _ = try Fixture.plan(files)
      return []
    } catch { return error.all.map(\.description) }
  }

  @Test func loopsWithinLoopsDoNotGrowWithoutBound() {
    let loops = (0..<16).map { "%for x\($0) in node:all\n" }.joined()
    let ends = String(repeating: "%end\n", count: 16)
    let said = problems("fixtures/components/proxy/p.conf", loops + "x\n" + ends)
    #expect(said.contains { $0.contains("more than 128 MiB") }, "\(said)")
  }

  @Test func blocksThatAreTooDeepAreNotFollowed() {
    let text = String(repeating: "%if node.name\n", count: 50_000)
    let said = problems("fixtures/components/proxy/p.conf", text)
    #expect(said.contains { $0.contains("nested more than 16 levels deep") }, "\(said.prefix(3))")
  }

  @Test func aConditionIsShort() {
    let text = "%if " + String(repeating: "not ", count: 200_000) + "node.name\n%end\n"
    let said = problems("fixtures/components/proxy/p.conf", text)
    #expect(said.contains { $0.contains("a condition has at most 1000 bytes") }, "\(said.count)")
  }

  @Test func aTemplateHasABoundedSize() {
    let said = problems(
      "fixtures/components/proxy/p.conf", String(repeating: "x\n", count: 600_000))
    #expect(said.contains { $0.contains("larger than 1048576 bytes") }, "\(said)")
  }

  @Test func trafficThatNoMemoryHoldsIsRefused() {
    let text = Fixture.experiment.replacing("rate: 50/s", with: "rate: 100000/s")
      .replacing("at: 20s", with: "at: 2h")
    let said = problems("experiments/two/01.yaml", text)
    #expect(said.contains { $0.contains("more than 50000000 operations") }, "\(said)")
  }

  @Test func aliasesDoNotMultiplyTexts() {
    let long = String(repeating: "x", count: 400_000)
    let said = problems(
      "experiments/two/01.yaml",
      "tags: [&a \"\(long)\", *a, *a, *a, *a]\n" + Fixture.experiment.replacing("tags", with: "t"))
    #expect(said.contains { $0.contains("once aliases are expanded") }, "\(said.map(\.count))")
  }
}
