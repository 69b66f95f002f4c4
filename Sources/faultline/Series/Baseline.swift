import Basics
import Experiments
import Harness
import Linux
import Reports
import Stacks

/// What the runs of a command are compared with when they are over: `--baseline DIR`.
struct Baseline {
  private let old: StoredRuns
  private let tolerance: Ratio
  /// Where the runs of this command will stand, with what stood there before.
  private let places: [Place]

  private struct Place {
    let folder: String
    let before: Set<String>
    let seeds: Set<String>

    /// The folders that have come since and end with one of the seeds.
    var new: [String] {
      Self.names(in: folder).filter { name in
        !before.contains(name) && Self.seed(ofRun: name).map(seeds.contains) == true
      }.map { "\(folder)/\($0)" }
    }

    /// `20260131T081500Z-42`, or `-42-2` where that name was taken.
    private static func seed(ofRun name: String) -> String? {
      let parts = name.split(separator: "-").map { String($0) }
      guard parts.count == 2 || parts.count == 3 && Int(parts[2]) != nil else { return nil }
      return parts[1]
    }

    static func names(in folder: String) -> [String] {
      do throws(Errno) { return try Beneath(folder).names().filter { $0 != "latest" } } catch {
        return []
      }
    }
  }

  /// Nil where none was asked for.
  ///
  /// - Parameter asked: what will be run; what cannot be planned has nothing to compare.
  /// - Throws: what is wrong with the folder, before anything is started.
  init?(_ arguments: Arguments, _ asked: [AskedRun], reports: String) throws {
    guard let folder = arguments.value("baseline") else {
      if arguments.has("tolerance") {
        throw UsageError("--tolerance is of a comparison; say with what: --baseline DIR")
      }
      return nil
    }
    tolerance = try arguments.tolerance()
    let planned = asked.compactMap { one -> (plan: Plan, count: Int)? in
      guard case .planned(let single, let settings) = one.state else { return nil }
      return (single.plan, settings.count)
    }
    let plans = planned.map(\.plan)
    let asked = Set(plans.map { ComparedRun.Variant(of: $0) })
    var old = try StoredRuns(below: folder)
    let known = Set(old.runs.map(\.variant))
    if let missing = plans.map({ ComparedRun.Variant(of: $0) }).first(where: { !known.contains($0) }
    ) {
      throw UsageError("--baseline \(folder) holds no run of \(missing.text) to compare with")
    }
    old.keep { asked.contains($0.variant) }
    self.old = old
    places = planned.map { plan, count in
      let folder = RunFolder.parent(in: reports, stack: plan.stack.name, experiment: plan.name)
      return Place(
        folder: folder, before: Set(Place.names(in: folder)),
        seeds: Set(RunSeries.seeds(from: plan.seed, count: count).map { "\($0)" }))
    }
  }

  /// Prints how the runs compare, and says how that ends.
  func compare(isJSON: Bool) -> ExitCode {
    var folders: [String] = []
    for folder in places.flatMap(\.new) where !folders.contains(folder) { folders.append(folder) }
    let new = StoredRuns(in: folders)
    for note in new.notes { standardError("warning: \(note)\n") }
    let comparison = RunComparison(old: old.runs, new: new.runs, tolerance: tolerance)
    if isJSON {
      show(comparison.json.text())
    } else {
      show("")
      print(Closing.text(comparison))
    }
    return comparison.exit
  }
}

extension ComparedRun.Variant {
  /// What a run of the plan will be.
  init(of plan: Plan) {
    let secrets = Set(plan.stack.parameters.filter(\.isSecret).map(\.name))
    self.init(
      stack: plan.stack.name, experiment: plan.name,
      set: plan.origin.set.map { setting in
        "\(setting.key)=\(secrets.contains(setting.key) ? Secrets.mark : setting.text)"
      })
  }
}

extension Option {
  static let baseline = Option(
    name: "baseline", value: "DIR",
    summary: "Compare with the runs below DIR when all is over, as 'faultline compare' does.")
}
