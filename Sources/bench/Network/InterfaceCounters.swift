import Basics
import Glibc
import Linux

/// What a place's kernel has counted at its end of a cable: a witness that is not the fabric.
struct InterfaceCounters {
  let receivedBytes: Int
  let receivedPackets: Int
  let sentPackets: Int

  /// Of the calling thread's network namespace.
  init(of device: String) {
    let text = (try? Files.read("/proc/thread-self/net/dev")) ?? ""
    let line = text.split(separator: "\n").first {
      $0.drop { $0 == " " }.hasPrefix(device + ":")
    }
    let numbers = (line ?? "").split { $0 == " " || $0 == ":" }.dropFirst().compactMap { Int($0) }
    guard numbers.count >= 16 else { fatalError("\(device) has no counters") }
    receivedBytes = numbers[0]
    receivedPackets = numbers[1]
    sentPackets = numbers[9]
  }
}

extension Place {
  func counters(of device: String) -> InterfaceCounters {
    run { InterfaceCounters(of: device) }
  }
}
