import Basics
import Linux

/// Keeps what servers say from filling the disk: of a log that grows without end the beginning and
/// the newest part are kept, and what was between them is dropped.
///
/// A disk that is busy with logs holds up the history and the journal, too.
final class LogWatch: Sendable {
  /// A log that has more bytes than this is cut.
  static let mostBytes: Int64 = 64 << 20
  /// How much of its beginning is kept then.
  static let keptBytes: Int64 = 16 << 20

  /// What the line that stands where a part was dropped has after the number.
  static let gap = "bytes of this log were dropped here"

  private let stop = StopFlag()
  private let thread: Linux.Thread
  private let cuts = Handover<[String: Int64]>()

  /// Begins to look at every file in the run's folder of logs.
  init(_ folder: RunFolder, clock: RunClock) throws {
    let (stop, cuts) = (self.stop, cuts)
    cuts.value = [:]
    thread = try Linux.Thread(named: "logs") {
      repeat {
        for (name, bytes) in Self.cut(in: folder.path + "/logs") {
          cuts.value?[name, default: 0] += bytes
        }
      } while clock.sleep(until: clock.now.advanced(by: .milliseconds(200)), unless: stop)
    }
  }

  /// Ends watching; a sentence for each log that was cut.
  func end() -> [String] {
    stop.raise()
    thread.join()
    return (cuts.value ?? [:]).sorted { $0.key < $1.key }.map { name, bytes in
      "logs/\(name) grew past \(Self.mostBytes >> 20) MiB: \(bytes >> 20) MiB of it were dropped, and a "
        + "line in it says where"
    }
  }

  /// Cuts every log of a folder that is too long; how many bytes each lost. A log that cannot be looked
  /// at is left as it is.
  static func cut(
    in folder: String, mostBytes: Int64 = mostBytes, keptBytes: Int64 = keptBytes
  ) -> [(name: String, bytes: Int64)] {
    let names = (try? Files.list(folder)) ?? []
    return names.compactMap { name in
      let path = "\(folder)/\(name)"
      guard let size = try? Files.size(path), size > mostBytes else { return nil }
      let dropped = size - keptBytes
      let line = "\n[faultline: \(dropped) \(gap)]\n"
      guard (try? Files.shorten(path, toBytes: keptBytes, adding: line)) != nil else { return nil }
      return (name, dropped)
    }
  }
}
