import Faults
import Nodes
import Synchronization

/// What components and nodes are squeezed by at present, by key.
final class Squeezes: Sendable {
  struct Held: Sendable {
    let squeeze: Squeeze
    let target: Squeezed
    let grip: any Grip
  }

  private let held = Mutex<[String: Held]>([:])

  func grip(_ key: String) -> (any Grip)? { held.withLock { $0[key]?.grip } }

  /// Two of a kind on one target would each undo what the other does.
  func other(_ squeeze: Squeeze, _ target: Squeezed) -> String? {
    held.withLock { held in
      held.first { $0.value.target == target && $0.value.squeeze.isAbout(squeeze) }?.key
    }
  }

  func add(_ key: String, _ new: Held) { held.withLock { $0[key] = new } }

  func forget(_ key: String) { held.withLock { _ = $0.removeValue(forKey: key) } }
}

/// What keeps a squeeze up.
protocol Grip: Sendable {
  /// What is seen of it, from outside of what it does.
  func reading() throws -> SqueezeReading
  /// Lets go, and looks that it is so. Doing it twice does no harm.
  func release() throws
}

extension Throttle: Grip {
  func reading() throws -> SqueezeReading {
    let use = try use()
    return .cpu(
      .init(
        window: use.window, used: use.used, exhausted: use.exhausted, processes: use.processes))
  }

  func release() throws { try end() }
}

extension MemoryKiller: Grip {
  func reading() -> SqueezeReading {
    let use = use
    return .memory(
      .init(
        usedBytes: use.usedBytes, mostBytes: use.mostBytes,
        victims: use.victims.map {
          .init(process: $0.process, usedBytes: $0.usedBytes, isGone: $0.isGone)
        }))
  }

  func release() { end() }
}

extension FullDescriptors: Grip {
  func reading() throws -> SqueezeReading {
    .descriptors(
      try use().map {
        .init(
          process: $0.process, limit: $0.limit, intended: $0.intended, open: $0.open,
          wasFull: $0.wasFull)
      })
  }

  func release() throws { try end() }
}

extension HeldConnections: Grip {
  func reading() throws -> SqueezeReading {
    .connections(.init(wanted: count, established: try established()))
  }

  func release() throws { try close() }
}

extension UsedUpPorts: Grip {
  func reading() throws -> SqueezeReading {
    .ports(.init(count: Self.count, isRefused: try isRefused()))
  }

  func release() throws { try end() }
}

extension ProcessCrowd: Grip {
  func reading() throws -> SqueezeReading {
    .processes(.init(fillers: try count(), limit: limit, isRefused: try isRefused()))
  }

  func release() throws { try end() }
}
