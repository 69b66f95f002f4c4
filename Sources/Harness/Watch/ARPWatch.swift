import Basics
import Clients
import Fabric
import Histories
import Linux
import Packets

/// Writes down who claims a floating address on the wire: one observation whenever another node
/// speaks for it than the last time, or speaks again after a silence.
final class ARPWatch: Sendable {
  private let stop = StopFlag()
  private let thread: Linux.Thread

  /// How often the fabric is asked.
  private static let interval = Duration.milliseconds(10)

  init(_ fabric: Switch, addresses: Set<String>, recorder: Recorder, clock: RunClock) throws {
    let stop = stop
    thread = try Linux.Thread(named: "arp watch") {
      repeat {
        for event in fabric.takeARPEvents().events where event.isClaim {
          let address = event.packet.senderIP.description
          guard addresses.contains(address) else { continue }
          recorder.record(
            Observation(
              time: event.at, kind: .owner, subject: address, node: event.node.text,
              value: "held", source: "arp"))
        }
      } while clock.sleep(until: clock.now.advanced(by: Self.interval), unless: stop)
    }
  }

  func end() {
    stop.raise()
    thread.join()
  }
}
