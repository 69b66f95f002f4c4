import Basics
import Faults

extension FakeCluster {
  func squeeze(_ squeeze: Squeeze, _ target: Squeezed, as key: String) throws(FaultError) {
    try act("squeeze \(target) \(squeeze.words) as '\(key)'")
    squeezes[key] = squeeze
  }

  func reading(of key: String) throws(FaultError) -> SqueezeReading? {
    squeezes[key] == nil ? nil : squeezeReading
  }

  func release(_ key: String) throws(FaultError) {
    try act("release '\(key)'")
    squeezes[key] = nil
  }
}

extension Squeeze {
  fileprivate var words: String {
    switch self {
    case .cpu(let quota): "cpu \(quota)"
    case .memory(let bytes): "memory \(bytes)"
    case .descriptors: "descriptors"
    case .processes: "processes"
    case .connections(let count, let port, let from):
      "connections \(count) \(port) \(from?.text ?? "own")"
    case .ports: "ports"
    }
  }
}
