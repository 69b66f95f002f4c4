import Basics
import Histories
import Testing
import Workloads

@Suite struct WorkloadTests {
  static func set(
    _ settings: [String: Setting] = [:], mark: ElementMark = .alone
  ) throws -> SetWorkload { try SetWorkload(Settings(settings), mark: mark) }

  @Test func elementsAreUniqueAndFollowFromTheSequence() throws {
    let workload = try Self.set(["reads": .ratio(.none)])
    var chance = Chance(seed: 1)
    let elements = (0..<1000).map { workload.invocation($0, after: nil, using: &chance).argument }
    #expect(Set(elements).count == 1000)
    #expect(elements[41] == .integer(42))
  }

  @Test func theShareOfReadsIsTheOneAskedFor() throws {
    let workload = try Self.set(["reads": .ratio(Ratio(0.2))])
    var chance = Chance(seed: 7)
    let reads = (0..<10_000).filter {
      workload.invocation($0, after: nil, using: &chance).function.isRead
    }.count
    #expect((1800...2200).contains(reads))
  }

  @Test func anUnknownOutcomeIsInfoForAWriteAndFailForARead() throws {
    let add = Invocation(SetWorkload.functions[0], .integer(7))
    let read = Invocation(SetWorkload.functions[1])
    #expect(add.completion(.indefinite("timeout")).kind == .info)
    #expect(add.completion(.indefinite("timeout"), isSafe: true).kind == .fail)
    #expect(add.completion(.definite("refused")).kind == .fail)
    #expect(read.completion(.indefinite("timeout")).kind == .fail)
  }

  @Test(arguments: [
    (Payload.integer(17), Payload.integer(17)), (.text("17"), .integer(17)),
    (.text("a-b"), .text("a-b")), (.text("007"), .text("007")), (.text("+7"), .text("+7")),
  ])
  func anIdentifierIsANumberWhereItSpellsOne(said: Payload, identifier: Payload) throws {
    let workload = try UniqueIDsWorkload(.none)
    let invocation = Invocation(UniqueIDsWorkload.functions[0])
    #expect(workload.reading(.ok(said, by: "n"), of: invocation) == .ok(identifier, by: "n"))
  }

  @Test(arguments: [Payload.none, .text(""), .list([]), .map([]), .flag(true)])
  func anAnswerWithoutAnIdentifierIsUnknown(said: Payload) throws {
    let workload = try UniqueIDsWorkload(.none)
    let invocation = Invocation(UniqueIDsWorkload.functions[0])
    #expect(workload.reading(.ok(said), of: invocation).kind == .info)
  }

  @Test func anIdentifierThatIsTooLongToKeepIsNoneForACutOneMayEqualAnother() throws {
    let workload = try UniqueIDsWorkload(.none)
    let invocation = Invocation(UniqueIDsWorkload.functions[0])
    let long = String(repeating: "a", count: 1_024)
    #expect(workload.reading(.ok(.text(long)), of: invocation).kind == .ok)
    let answer = workload.reading(.ok(.text(long + "b")), of: invocation)
    #expect(answer.kind == .info)
    #expect(answer.error?.contains("has 1025 bytes, more than the 1024") == true)
  }
}

@Suite struct SetReadTests {
  /// What odd stores answer, each with what a person must be told.
  @Test(arguments: [
    (Payload.texts(["1", "2"]), "a list with texts: [\"1\",\"2\"]"),
    (.map([.init(.text("orders"), .integers([1]))]), "an object: {"),
    (.list([.integer(1), .number(2.5)]), "a list with numbers that are not whole: ["),
    (.text("1\n2"), "a text: 1"), (.text(""), "an empty text"), (.none, "nothing"),
    (.text("<html>"), "a page of markup"), (.list([.list([.integer(1)])]), "a list of lists"),
    (.list([.integer(1), .none]), "a list with other things in it"),
    (.integer(3), "a whole number"),
  ])
  func whatIsNoListOfWholeNumbersIsAFailedReadThatSaysWhatCame(said: Payload, came: String) throws {
    let answer = try WorkloadTests.set().reading(
      .ok(said), of: Invocation(SetWorkload.functions[1]))
    #expect(answer.kind == .fail && answer.result == .none)
    let expected = "the answer must be a list of whole numbers such as [1, 2], not \(came)"
    #expect(answer.error?.hasPrefix(expected) == true, "\(answer.error ?? "")")
  }

  @Test func aLongAnswerIsQuotedInPart() throws {
    let said = Payload.text("<" + String(repeating: "x", count: 10_000))
    let error = try #require(
      try WorkloadTests.set().reading(.ok(said), of: Invocation(SetWorkload.functions[1])).error)
    #expect(error.count < 200 && error.hasSuffix("…"))
  }

  @Test func elementsOfAnotherWorkloadAreLeftOutAndNobodysAreKept() throws {
    let workloads = try [0, 1].map {
      try WorkloadTests.set(
        ["reads": .ratio(.none)], mark: ElementMark(workload: $0, others: [0, 1]))
    }
    var chance = Chance(seed: 1)
    let store = (0..<3).flatMap { sequence in
      workloads.compactMap {
        $0.invocation(sequence, after: nil, using: &chance).argument.integer
      }
    }
    // What no workload of the run can have added is nobody's: beyond the last, between two, below.
    let foreign: [Int64] = [200_000_001, 100_000_000, 0, -5]
    func elements(_ workload: SetWorkload) -> Payload {
      workload.reading(
        .ok(.integers(store + foreign)), of: Invocation(SetWorkload.functions[1])
      ).result
    }
    #expect(elements(workloads[0]) == .integers([1, 2, 3] + foreign))
    #expect(
      elements(workloads[1])
        == .integers([100_000_001, 100_000_002, 100_000_003] + foreign))
  }
}

@Suite struct ElementMarkTests {
  @Test func everyElementCarriesTheMarkOfWhoAddsIt() {
    for workload in [0, 1, 2, 999] {
      let mark = ElementMark(workload: workload, others: [0, 1, 2, 999])
      for sequence in [0, 1, 77, Int(ElementMark.spacing) - 2] {
        let element = mark.element(sequence)
        #expect(ElementMark.workload(of: element) == workload)
        #expect(!mark.isAnothers(element))
        #expect(ElementMark(workload: 5, others: [workload]).isAnothers(element))
        #expect(!ElementMark(workload: 5).isAnothers(element), "it is nobody's in that run")
      }
    }
  }

  @Test func whatIsInNobodysRangeHasNoMark() {
    for number in [0, -1, Int64.min, 100_000_000, 300_000_000] {
      #expect(ElementMark.workload(of: number) == nil)
    }
    #expect(ElementMark.workload(of: .max) != nil)
    #expect(!ElementMark(workload: 0, others: [1]).isAnothers(.max))
  }
}

/// What all kinds have in common.
@Suite struct WorkloadKindTests {
  @Test func everyKindSaysWhatItAsksAndHowItEnds() {
    for kind in WorkloadCatalogue.all {
      let lines = kind.contract.split(separator: "\n")
      #expect(lines.count >= 2 && lines.allSatisfy { $0.count <= 110 }, "\(kind.kind)")
      #expect(kind.contract.contains("In the end"), "\(kind.kind)")
      for function in kind.functions {
        #expect(kind.contract.contains(function.name), "\(kind.kind): \(function.name)")
        #expect(function.summary.hasSuffix("."))
      }
    }
  }

  /// A default is a promise: each stands where the key is described.
  @Test func everyKeyThatMayBeLeftOutNamesItsDefault() {
    for kind in WorkloadCatalogue.all {
      for key in kind.schema.keys where !key.isRequired {
        let summary = key.summary.lowercased()
        #expect(
          key.default != nil || summary.contains("default") || summary.contains("without it"),
          "\(key.name)")
      }
    }
  }

  @Test func whatIsInvokedIsDeclaredAndFollowsFromTheSeed() throws {
    for kind in WorkloadCatalogue.all {
      let workload = try kind.init(.none)
      for sequence in 0..<200 {
        var chances = [Chance(seed: 5), Chance(seed: 5)]
        let first = workload.invocation(sequence, after: nil, using: &chances[0])
        #expect(first == workload.invocation(sequence, after: nil, using: &chances[1]))
        #expect(kind.functions.contains(first.function))
      }
      for invocation in workload.ending(after: 100).invocations {
        #expect(kind.functions.contains(invocation.function))
      }
    }
  }
}

@Suite struct ScheduleTests {
  @Test func theTurnsOfAllProcessesInterleaveEvenly() {
    let schedule = Schedule(Load(100), processes: 4)
    let sequences = (0..<3).flatMap { turn in
      (0..<4).map { schedule.sequence(of: $0, turn: turn) }
    }
    #expect(sequences == Array(0..<12))
    #expect(schedule.offset(of: 50) == .milliseconds(500))
  }
}

@Suite struct LoadTests {
  @Test func aStepChangesTheRateFromItsMomentOn() {
    let load = Load([.init(at: .zero, rate: 10), .init(at: .seconds(2), rate: 100)])
    #expect(load.offset(of: 10) == .seconds(1))
    #expect(load.offset(of: 20) == .seconds(2))
    #expect(load.offset(of: 120) == .seconds(3))
    #expect(load.count(within: .seconds(3)) == 120 && load.lowest == 10)
    #expect(load.text == "10/s, from 2s 100/s")
  }

  @Test(arguments: [(10.0, 100.0), (100.0, 10.0)])
  func aRampGetsThereEvenly(first: Double, last: Double) {
    let load = Load([
      .init(at: .zero, rate: first), .init(at: .seconds(1), rate: last, over: .seconds(4)),
    ])
    #expect(abs(load.count(within: .seconds(5)) - (first + 220)) < 1e-6)
    var before = Duration.zero
    for sequence in 1..<600 {
      let offset = load.offset(of: sequence)
      #expect(offset > before)
      #expect(abs(load.count(within: offset) - Double(sequence)) < 1e-4, "\(sequence)")
      before = offset
    }
  }
}
