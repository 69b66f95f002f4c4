import Stacks
import Basics
import Clients
import Fabric
import Histories
import Linux
import Packets

/// Writes down every claim to a floating address on the wire: who answered for it, and when.
final class ARPWatch: Sendable {
  private let stop = StopFlag()
  private let thread: Linux.Thread

  /// How often the fabric is asked.
  private static let interval = Duration.milliseconds(20)

  init(_ lab: Lab) throws {
    let names = Dictionary(
      lab.stack.addresses.map { ("\($0.ip)", $0.name) }
    ) { first, _ in first }
    let (fabric, recorder, clock, stop) = (lab.fabric, lab.recorder, lab.clock, self.stop)
    thread = try Linux.Thread(named: "arp watch") {
      repeat {
        for event in fabric.takeARPEvents().events where event.isClaim {
          guard let name = names["\(event.packet.senderIP)"] else { continue }
          recorder.record(
            Observation(
              time: event.at, kind: .owner, subject: name, node: event.node.text, value: "held",
              source: "arp"))
        }
      } while clock.sleep(until: clock.now.advanced(by: Self.interval), unless: stop)
    }
  }

  func end() {
    stop.raise()
    thread.join()
  }
}
