import Basics
import Experiments
import Faults
import Stacks
import Testing
import YAML

/// What halts a run by hand, as people say it.
@Suite struct ConditionWordsTests {
  private func conditions(_ texts: [String]) throws(Problems) -> [String] {
    var wanted = ByHand(stack: "two")
    wanted.traffic = "experiments/two/01.yaml"
    wanted.abortWhen = texts
    return try Loader(
      MemoryLibrary(texts: Fixture.files), machine: .imaginary, vocabulary: Fixture.vocabulary
    ).byHand(wanted, seed: 3).abortWhen.map(\.description)
  }

  @Test(arguments: [
    ("errors > 20% for 3s", "20% or more of the operations over 3s were bad"),
    ("errors > 1% of orders", "1% or more of the operations of orders over 5s were bad"),
    ("p99 > 500ms for 2s", "1% of the good operations over 2s took 500ms or longer"),
    ("latency > 1s of orders", "1% of the good operations of orders over 5s took 1s or longer"),
    ("{owner-of: vip, is: lb-b, for: 2s}", "the owner of vip is lb-b for 2s"),
  ])
  func aSentenceIsACondition(_ text: String, _ condition: String) throws {
    #expect(try conditions([text]) == [condition])
  }

  @Test(arguments: [
    ("errors", "'errors' is no condition"), ("errors < 5%", "'errors < 5%' is no condition"),
    ("errors > much", "'bad' must be a share"), ("errors > 5% for ever", "needs a time such as 5s"),
    ("lag of db-b/db > 10 for 5s", "unknown probe 'lag'"), ("lag > 10", "is no condition"),
    ("errors > 1% of order", "unknown workload 'order'; did you mean 'orders'?"),
  ])
  func whatMakesNoSenseIsRefused(_ text: String, _ reason: String) throws {
    let problems = try #require(throws: Problems.self) { try conditions([text]) }
    #expect(problems.sentences.contains(reason), "\(problems.sentences)")
  }
}
