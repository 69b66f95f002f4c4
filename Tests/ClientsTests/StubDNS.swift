import Glibc
import Synchronization

/// A DNS server on the loopback that answers every question as it is told.
final class StubDNS: Sendable {
  struct Record: Sendable {
    var type: UInt8
    var ttl: UInt32
    var data: [UInt8]

    static func a(_ bytes: UInt8..., ttl: UInt32 = 60) -> Record {
      Record(type: 1, ttl: ttl, data: bytes)
    }
  }

  enum Answer: Sendable {
    case records([Record])
    /// No records, and this code.
    case code(UInt8)
    case silence
    case bytes([UInt8])
    /// A record that ends before its data.
    case cut
    case wrongID
    /// A good answer with some bytes changed.
    case mutated([(Int, UInt8)])
  }

  let url: String
  private let descriptor: Int32
  private let counter = Mutex(0)

  var questions: Int { counter.withLock { $0 } }

  init(isIPv6: Bool = false, _ answer: @escaping @Sendable () -> Answer) {
    let (descriptor, port) = Loopback.bind(SOCK_DGRAM, isIPv6: isIPv6)
    self.descriptor = descriptor
    url = "dns://\(Loopback.host(isIPv6: isIPv6)):\(port)"
    StubThread { [weak self] in
      while Self.serve(descriptor, answer, { self?.counter.withLock { $0 += 1 } }) {}
      close(descriptor)
    }.start()
  }

  /// A datagram without anything in it is the end.
  deinit {
    shutdown(descriptor, Int32(SHUT_RDWR))
  }

  private static func serve(
    _ descriptor: Int32, _ answer: () -> Answer, _ count: () -> Void
  ) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 1500)
    var peer = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let received = withUnsafeMutablePointer(to: &peer) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        recvfrom(descriptor, &bytes, bytes.count, 0, generic, &length)
      }
    }
    guard received > 0 else { return false }
    count()
    guard let reply = reply(answer(), to: Array(bytes.prefix(received))) else { return true }
    _ = withUnsafePointer(to: &peer) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        sendto(descriptor, reply, reply.count, 0, generic, length)
      }
    }
    return true
  }

  private static func reply(_ answer: Answer, to question: [UInt8]) -> [UInt8]? {
    switch answer {
    case .silence: return nil
    case .bytes(let bytes): return bytes
    case .code(let code): return message(question, code: code, [])
    case .records(let records): return message(question, records)
    case .cut: return message(question, [.a(10, 0, 0, 1)]).dropLast(3)
    case .wrongID:
      var message = message(question, [.a(10, 0, 0, 1)])
      message[0] ^= 0xff
      return message
    case .mutated(let changes):
      var message = message(question, [.a(10, 0, 0, 1)])
      // What does not carry the question's number is no answer at all.
      for (place, byte) in changes where place >= 2 && place < message.count {
        message[place] = byte
      }
      return message
    }
  }

  private static func message(
    _ question: [UInt8], code: UInt8 = 0, _ records: [Record]
  ) -> [UInt8] {
    var end = 12
    while question[end] != 0 { end += Int(question[end]) + 1 }
    var message =
      Array(question[0..<2]) + [0x84, 0x80 | code, 0, 1, 0, UInt8(records.count), 0, 0, 0, 0]
    message += question[12..<end + 5]
    for record in records {
      let ttl = (0..<4).map { UInt8(truncatingIfNeeded: record.ttl >> (24 - 8 * UInt32($0))) }
      message +=
        [0xc0, 12, 0, record.type, 0, 1] + ttl + [0, UInt8(record.data.count)] + record.data
    }
    return message
  }
}
