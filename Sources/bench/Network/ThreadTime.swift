import Glibc
import Linux

/// The processor time of threads.
enum ThreadTime {
  /// In nanoseconds, by the scheduler's account.
  static func nanoseconds(of name: String) -> Int64 { nanoseconds(in: "/proc/self/task", name) }

  /// Of a whole other process.
  static func nanoseconds(of process: pid_t) -> Int64 { nanoseconds(in: "/proc/\(process)/task") }

  private static func nanoseconds(in tasks: String, _ name: String? = nil) -> Int64 {
    ((try? Files.list(tasks)) ?? []).reduce(0) { total, task in
      let folder = "\(tasks)/\(task)"
      guard let comm = try? Files.read(folder + "/comm"),
        name == nil || comm.dropLast() == name![...],
        let line = try? Files.read(folder + "/schedstat"),
        let spent = line.split(separator: " ").first.flatMap({ Int64($0) })
      else { return total }
      return total + spent
    }
  }
}
