import Checking
import Experiments
import Testing

@Suite struct ExpectationTests {
  @Test(
    arguments: [
      ([], "valid,valid", Verdict.valid, "every invariant held"),
      ([], "valid,invalid", .invalid, "violated: b"),
      ([], "valid,unknown", .unknown, "not known: b"),
      ([], "invalid,unknown", .invalid, "violated: a; not known: b"),
      (["b"], "valid,invalid", .valid, "exactly what was expected was violated: b"),
      (["b"], "valid,valid", .invalid, "expected to be violated, but held: b"),
      (["b"], "valid,unknown", .unknown, "not known: b"),
      (["b"], "unknown,invalid", .unknown, "not known: a"),
      (["b"], "invalid,invalid", .invalid, "violated: a"),
      (["b"], "invalid,valid", .invalid, "violated: a; expected to be violated, but held: b"),
      (["a", "b"], "invalid,invalid", .valid, "exactly what was expected was violated: a, b"),
      (["a", "b"], "invalid,unknown", .unknown, "not known: b"),
      (["a", "c"], "invalid,valid", .unknown, "not known: c"),
      (["c"], "valid,valid", .unknown, "not known: c"),
      ([], "", .unknown, "nothing was judged"),
      (["a"], "", .unknown, "nothing was judged"),
    ] as [([String], String, Verdict, String)])
  func isMetOnlyIfExactlyThoseFail(
    mustFail: [String], verdicts: String, expected: Verdict, sentence: String
  ) {
    let found = zip(["a", "b"], verdicts.split(separator: ",")).map { name, word in
      (name: name, verdict: Verdict(rawValue: String(word)) ?? .unknown)
    }
    let judgement = Expectation(mustFail: mustFail).judge(found)
    #expect(judgement.verdict == expected)
    #expect(judgement.sentence == sentence)
    #expect(judgement.isMet == (expected == .valid))
  }

  /// However the verdicts fall, green needs every expected one to fail and every other to hold.
  @Test func greenNeedsCertainty() {
    for a in Verdict.allCases {
      for b in Verdict.allCases {
        for mustFail in [[], ["a"], ["b"], ["a", "b"]] {
          let judgement = Expectation(mustFail: mustFail).judge([("a", a), ("b", b)])
          let isExact =
            a == (mustFail.contains("a") ? .invalid : .valid)
            && b == (mustFail.contains("b") ? .invalid : .valid)
          #expect(judgement.isMet == isExact)
        }
      }
    }
  }
}
