public import Basics
internal import Checking
public import Reports

extension CampaignMerge {
  /// What a person reads in ten seconds: what came back, what is lost, and what the runs say.
  ///
  /// - Parameter palette: How to colour; `.plain` where the stream is no terminal.
  public func summary(palette: Palette) -> String {
    let word = palette.verdict(exit.verdict, exit.word)
    var lines = ["", "\(word)  campaign \(plan.shortID)  " + palette.dim(counts)]
    for shard in shards {
      lines += Self.sentences(of: shard).map { mark, sentence in
        "  \(mark ? palette.bad("✗") : " ") \(sentence.plainLine)"
      }
    }
    return (lines + series.map { $0.summary(palette: palette) }).joined(separator: "\n")
  }

  /// `6 shards: 5 done, 1 lost`.
  private var counts: String {
    let lost = lost.count
    return "\(Wording.count(plan.numbers.count, "shard")): \(plan.numbers.count - lost) done"
      + (lost > 0 ? ", \(lost) lost" : "")
  }

  /// What there is to say of a shard beyond that it is done; whether it speaks against the campaign.
  private static func sentences(of shard: Shard) -> [(isBad: Bool, text: String)] {
    let name = "shard \(shard.number)"
    if let loss = shard.loss { return [(true, "\(name) is lost: \(loss)")] }
    guard let counted = shard.counted else { return [] }
    var said: [(isBad: Bool, text: String)] = []
    if !shard.copies.isEmpty {
      let copies = shard.copies.map(\.place).joined(separator: ", ")
      let times = "\(name) was done \(shard.copies.count + 1) times"
      said.append(
        (false, "\(times): \(counted.place), which was finished first, counts; not \(copies)"))
    }
    if let copy = shard.contradiction {
      said.append(
        (true, "\(name): \(copy.place) has a violation, which stands although it does not count"))
    }
    if !shard.torn.isEmpty {
      let torn = shard.torn.map(\.place).joined(separator: ", ")
      said.append((false, "\(name): cut short, and not counted: \(torn)"))
    }
    return said
  }
}

extension CampaignMerge {
  /// Every number a person sees, for machines.
  public var json: JSON {
    [
      "verdict": .string(exit.verdict.rawValue), "exitCode": .integer(Int64(exit.rawValue)),
      "campaign": .string(plan.id), "shards": .integer(plan.numbers.count),
      "done": .array(shards.filter { $0.counted != nil }.map(Self.done)),
      "lost": .array(
        shards.compactMap { shard in
          shard.loss.map { ["shard": .integer(shard.number), "reason": .string($0)] as JSON }
        }),
      "experiments": .array(
        series.map { ["name": .string($0.name), "series": $0.json] as JSON }),
    ]
  }

  private static func done(_ shard: Shard) -> JSON {
    let exit = shard.counted?.result.exit ?? .unknown
    return [
      "shard": .integer(shard.number), "exitCode": .integer(Int64(exit.rawValue)),
      "folder": .string(shard.counted?.place ?? ""),
      "host": .string(shard.counted?.result.host ?? ""),
      "copies": .strings(shard.copies.map(\.place)), "torn": .strings(shard.torn.map(\.place)),
      "contradicted": .bool(shard.contradiction != nil),
    ]
  }

  /// A file of JUnit: a test case for each shard that is lost or contradicted, and for each invariant and bound of each
  /// experiment.
  public var junit: String {
    let suite = markup("campaign \(plan.shortID)")
    let shards = shards.compactMap { shard -> String? in
      let body: String
      if let loss = shard.loss {
        body = "<error type=\"unknown\" message=\"lost: \(markup(loss))\"/>"
      } else if let copy = shard.contradiction {
        body = "<failure type=\"invariant\" message=\"violated in \(markup(copy.place))\"/>"
      } else {
        return nil
      }
      return "  <testcase classname=\"\(suite)\" name=\"shard \(shard.number)\">\(body)</testcase>"
    }
    return junitSuite(suite, shards + silentRuns + series.flatMap(\.junitCases))
  }

  /// A test case for each run that was made and could not be judged as planned: no invariant speaks for it.
  private var silentRuns: [String] {
    shards.compactMap(\.counted).flatMap { done in
      zip(done.result.runs, done.runs).compactMap { made, run in
        guard let trouble = run.trouble else { return nil }
        let suite = markup(plan.experiments[made.run.experiment].label)
        let type = ExitCode(rawValue: run.exitCode) ?? .harness
        return
          "  <testcase classname=\"\(suite)\" name=\"run \(run.number), seed \(markup(run.seed))\">"
          + "<error type=\"\(type)\" message=\"\(markup(trouble))\"/></testcase>"
      }
    }
  }
}
