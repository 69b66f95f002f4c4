import Glibc
import Linux

/// Another switch to compare with, where the environment says where its program lies: one that is called
/// as `PROGRAM -m vnet NAMESPACE,DEVICE,ADDRESS…`, makes the devices, and ends with SIGTERM.
final class Prototype {
  static let host = "10.2.0.2"
  let pid: pid_t
  private let links: [String]

  /// Nil where there is none, or it does not start; the reason is printed.
  init?(joining places: [Place]) {
    guard let program = getenv("FAULTLINE_FABRIC_PROTOTYPE").map({ String(cString: $0) }) else {
      return nil
    }
    // It knows namespaces by the names that ip(8) gives them.
    mkdir("/run/netns", 0o755)
    links = places.indices.map { "/run/netns/faultline-bench-\(getpid())-\($0)" }
    for (place, link) in zip(places, links) { symlink(place.path, link) }
    let arguments = links.enumerated().map { index, link in
      "\(link.dropFirst("/run/netns/".count)),proto0,10.2.0.\(index + 1)/24"
    }
    guard let pid = Self.start([program, "-m", "vnet"] + arguments) else {
      for link in links { unlink(link) }
      print("  (\(program) does not start)")
      return nil
    }
    self.pid = pid
    let isUp = places.allSatisfy { place in
      place.run {
        for _ in 0..<500 {
          if system("ip addr show dev proto0 2>/dev/null | grep -q 10.2.0.") == 0 { return true }
          usleep(10_000)
        }
        return false
      }
    }
    if !isUp { print("  (\(program) makes no devices)") }
  }

  private static func start(_ words: [String]) -> pid_t? {
    var list = words.map { strdup($0) } + [nil]
    defer { for text in list { free(text) } }
    var pid: pid_t = 0
    return posix_spawn(&pid, words[0], nil, nil, &list, environ) == 0 ? pid : nil
  }

  func end() {
    kill(pid, SIGTERM)
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    for link in links { unlink(link) }
  }
}
