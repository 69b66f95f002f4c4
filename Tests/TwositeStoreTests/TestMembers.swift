import Glibc
import ServiceGround
import TestGround

@testable import twosite_store

/// Members on the loopback with folders of their own.
struct TestMembers {
  let folder: TemporaryFolder
  let members: [Member]
  var witness: String?
  var defects: Set<Defect> = []

  init(_ sites: [String], witness: String? = nil, defects: Set<Defect> = []) throws {
    folder = try TemporaryFolder()
    let ports = Self.freePorts(sites.count)
    members = sites.indices.map {
      Member(name: "n\($0)", site: sites[$0], host: "127.0.0.1", port: ports[$0])
    }
    self.witness = witness
    self.defects = defects
  }

  func membership(_ place: Int) -> Membership {
    var membership = Membership(
      name: members[place].name, members: members, witness: witness,
      folder: folder.file(members[place].name), secret: Array("a secret of the tests".utf8))
    membership.timings = Timings(
      heartbeat: .milliseconds(20), election: .milliseconds(200), lease: .milliseconds(200))
    membership.defects = defects
    return membership
  }

  /// Ports that nobody listens at, all open at once so that each is another one.
  private static func freePorts(_ count: Int) -> [UInt16] {
    let sockets = (0..<count).map { _ in socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
    defer { for fd in sockets { close(fd) } }
    return sockets.map { fd in
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = inet_addr("127.0.0.1")
      var size = socklen_t(MemoryLayout<sockaddr_in>.size)
      withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          _ = bind(fd, $0, size)
          getsockname(fd, $0, &size)
        }
      }
      return UInt16(bigEndian: address.sin_port)
    }
  }
}

/// Looks again and again whether it is so, for at most ten seconds.
func comes(_ condition: () -> Bool) -> Bool {
  let deadline = Deadline.after(.seconds(10))
  while !condition() {
    if deadline.hasPassed { return false }
    Clock.pause(microseconds: 2000)
  }
  return true
}
