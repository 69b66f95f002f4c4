import Basics
import Experiments
import Stacks
import Testing
import YAML

/// Whatever stands in the files: a plan that can be read back, or problems with places.
@Suite struct MutationTests {
  @Test(arguments: [1, 2, 3] as [UInt64])
  func damagedFilesNeverCrash(seed: UInt64) {
    var chance = Chance(seed: seed)
    let paths = Fixture.files.keys.sorted()
    var plans = 0
    for round in 0..<400 {
      var files = Fixture.files
      let path = paths[Int(chance.next() % UInt64(paths.count))]
      files[path] = damaged(files[path] ?? "", &chance)
      do {
        let plan = try Fixture.plan(files)
        plans += 1
        if round % 10 == 0 {
          let again = try Plan.read(
            Array(plan.json.text().utf8), file: "plan.json", vocabulary: Fixture.vocabulary)
          #expect(again.json == plan.json, "seed \(seed), round \(round)")
        }
      } catch {
        #expect(!error.all.isEmpty, "seed \(seed), round \(round)")
        #expect(error.all.allSatisfy { !$0.mark.file.isEmpty }, "seed \(seed), round \(round)")
      }
    }
    #expect(plans > 0, "seed \(seed): not one of the damaged files was still right")
  }

  /// Swaps, drops or repeats words, or puts a strange one in.
  private func damaged(_ text: String, _ chance: inout Chance) -> String {
    let strange = [
      "{}", "[]", "null", "-1", "9999999999999999999", "1e400", "100%", "${x}", "%end", "*a", "&a",
      "99999999h", "'", "\"", "\u{e9}", "\u{1f600}", "0x10", "nan", ":", "node", "\n", "  ",
    ]
    var words = text.split(separator: " ", omittingEmptySubsequences: false).map { String($0) }
    for _ in 0...(chance.next() % 3) {
      let position = Int(chance.next() % UInt64(words.count))
      let other = Int(chance.next() % UInt64(words.count))
      switch chance.next() % 4 {
      case 0: words.swapAt(position, other)
      case 1 where words.count > 1: words.remove(at: position)
      case 2: words.insert(words[other], at: position)
      default: words[position] = strange[Int(chance.next() % UInt64(strange.count))]
      }
    }
    return words.joined(separator: " ")
  }
}
