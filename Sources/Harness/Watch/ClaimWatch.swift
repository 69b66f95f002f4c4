import Basics
import Clients
import Fabric
import Histories
import Linux
import Packets
import Stacks

/// Writes down every claim to a floating address on the wire, by ARP or neighbour discovery: who answered
/// for it, and when.
final class ClaimWatch: Sendable {
  private let stop = StopFlag()
  private let thread: Linux.Thread
  private let lostSoFar: Handover<UInt64>

  /// Claims that were seen but not kept, because nobody asked in time.
  var lost: UInt64 { lostSoFar.value ?? 0 }

  /// How often the fabric is asked.
  private static let interval = Duration.milliseconds(20)

  init(_ lab: Lab) throws {
    let names = lab.stack.addressNames
    let (fabric, recorder, clock, stop) = (lab.fabric, lab.recorder, lab.clock, self.stop)
    let lost = Handover<UInt64>()
    lostSoFar = lost
    thread = try Linux.Thread(named: "claim watch") {
      repeat {
        let heard = fabric.takeNeighbourEvents()
        if heard.lost > 0 { lost.value = (lost.value ?? 0) + heard.lost }
        for event in heard.events {
          guard let name = event.claimed.flatMap({ names[$0] }) else { continue }
          recorder.record(.claim(name, by: event.node, event.means), at: event.at)
        }
      } while clock.sleep(until: clock.now.advanced(by: Self.interval), unless: stop)
    }
  }

  func end() {
    stop.raise()
    thread.join()
  }
}

extension NeighbourEvent {
  fileprivate var means: Fact.ClaimMeans {
    switch packet {
    case .arp: .arp
    case .ndp: .ndp
    }
  }
}
