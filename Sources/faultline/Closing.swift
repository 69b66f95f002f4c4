import Basics
import Campaigns
import Exploring
import Glibc
import Harness
import Linux
import Reports

/// What is said at the end of a run, of one of many, and of all of them.
enum Closing {
  private static var palette: Palette {
    isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil ? .coloured : .plain
  }

  /// - Parameter isColoured: false where it goes into a file; else it is as the terminal has it.
  static func text(_ record: RunRecord, _ folder: RunFolder, isColoured: Bool = true) -> String {
    let palette = isColoured ? palette : .plain
    let times = record.timings.map { "\($0.step) \($0.duration.text)" }.joined(separator: ", ")
    var lines = [record.summary(palette: palette)]
    if !times.isEmpty { lines.append(palette.dim("  time: \(times.plainLine)")) }
    lines.append(palette.dim("  again: \(record.secrets.mask(record.command).plainLine)"))
    if Files.exists(folder.report) { lines.append("  report: \(folder.report.plainLine)") }
    return lines.joined(separator: "\n")
  }

  /// One of several that ran in processes of their own.
  ///
  /// - Parameter done: how many have ended; nil where that is not shown.
  static func text(_ run: RunOutcome, _ done: Int?, of count: Int) -> String {
    run.line(palette: palette, before: done.map { "\($0) of \(count)  " } ?? "")
  }

  static func text(_ call: RunCall) -> String { call.summary(palette: palette) }

  static func text(_ run: RunSeries.Run, of count: Int) -> String {
    RunSeries.progress(of: run, of: count, palette: palette)
  }

  static func text(_ matrix: FaultMatrix, _ folder: SeriesFolder, hiding secrets: Secrets) -> String
  {
    secrets.mask(matrix.summary(palette: palette))
      + "\n  matrix: \(folder.path.plainLine)/matrix.html"
  }

  static func text(_ run: ExploredRun) -> String {
    Exploration.progress(of: run, palette: palette)
  }

  static func text(_ exploration: Exploration, _ folder: ExplorationFolder) -> String {
    exploration.summary(palette: palette) + "\n  explored: \(folder.path.plainLine)/explore.json"
  }

  /// - Parameters:
  ///   - output: where the merged files are.
  ///   - rerun: the list of lost shards that was written; nil: none was.
  static func text(_ merge: CampaignMerge, _ output: String, rerun: String?) -> String {
    var lines = [merge.summary(palette: palette), "  merged: \(output.plainLine)/merged.json"]
    if let rerun {
      lines.append(
        "  lost: \(rerun.plainLine); next: faultline campaign run \(rerun.plainLine) --shard N")
    }
    return lines.joined(separator: "\n")
  }

  static func text(_ comparison: RunComparison) -> String {
    comparison.summary(palette: palette)
  }

  static func text(_ series: RunSeries, _ folder: SeriesFolder) -> String {
    series.summary(palette: palette) + "\n  series: \(folder.path.plainLine)/series.json"
  }
}
