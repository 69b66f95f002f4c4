import Glibc
import Linux
import Synchronization

@testable import Fabric

extension Lab {
  /// Sends numbered datagrams and does not wait for them.
  func sendDatagrams(_ count: Int, from: Int, to: Int, bytes: Int = 100) {
    places[from].run {
      let socket = Socket.udp()
      for number in 0..<count {
        var payload = [UInt8](repeating: 7, count: bytes)
        payload[0] = UInt8(truncatingIfNeeded: number)
        payload[1] = UInt8(truncatingIfNeeded: number >> 8)
        socket.send(payload, to: "10.0.0.\(to + 1)", 7000)
      }
      socket.close()
    }
  }

  /// Sends datagrams and collects their numbers in the order of arrival, until as many came or
  /// none came for three seconds.
  func exchangeDatagrams(_ count: Int, from: Int, to: Int, bytes: Int = 100) -> [Int] {
    let listener = places[to].run { Socket.udp(port: 7000) }
    sendDatagrams(count, from: from, to: to, bytes: bytes)
    return places[to].run {
      var numbers: [Int] = []
      while numbers.count < count, let bytes = listener.receive() {
        numbers.append(Int(bytes[0]) | Int(bytes[1]) << 8)
      }
      listener.close()
      return numbers
    }
  }

  /// Sends datagrams and collects the numbers of those that arrive, until none is under way.
  func exchangeUntilQuiet(_ count: Int, from: Int, to: Int) -> [Int] {
    let listener = places[to].run { Socket.udp(port: 7000) }
    sendDatagrams(count, from: from, to: to)
    return places[to].run { [fabric] in
      var numbers: [Int] = []
      while true {
        if let bytes = listener.receiveNow() {
          numbers.append(Int(bytes[0]) | Int(bytes[1]) << 8)
        } else if fabric.isQuiet {
          break
        } else {
          usleep(2000)
        }
      }
      while let bytes = listener.receiveNow() {
        numbers.append(Int(bytes[0]) | Int(bytes[1]) << 8)
      }
      listener.close()
      return numbers
    }
  }

  func countDatagrams(_ count: Int, from: Int, to: Int) -> Int {
    exchangeDatagrams(count, from: from, to: to).count
  }

  /// Sends a known pattern over TCP from the first node to the second; answers how many bytes
  /// arrived before one was wrong. `midway` runs when half of it is sent.
  func transfer(
    megabytes: Int, isIPv6: Bool = false, midway: @escaping @Sendable () -> Void = {}
  ) throws -> Int {
    let (any, host) = isIPv6 ? ("::", "fd00::2") : ("0.0.0.0", "10.0.0.2")
    let listener = places[1].run { Socket.listener(any: any, port: 8000) }
    let received = Mutex(0)
    let receiver = try Linux.Thread(named: "receiver") { [places] in
      let count = places[1].run { Self.receivePattern(listener) }
      received.withLock { $0 = count }
    }
    places[0].run { Self.sendPattern(to: host, 8000, megabytes: megabytes, midway) }
    receiver.join()
    return received.withLock { $0 }
  }

  private static func sendPattern(
    to host: String, _ port: UInt16, megabytes: Int, _ midway: () -> Void
  ) {
    guard let socket = Socket.connect(to: host, port) else { return }
    let block = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 % 251) }
    for number in 0..<megabytes {
      if number == megabytes / 2 { midway() }
      var sent = 0
      while sent < block.count {
        let count = block.withUnsafeBytes {
          send(socket.descriptor, $0.baseAddress! + sent, block.count - sent, 0)
        }
        guard count > 0 else { return socket.close() }
        sent += count
      }
    }
    socket.close()
  }

  private static func receivePattern(_ listener: Socket) -> Int {
    defer { listener.close() }
    guard let socket = listener.accept() else { return 0 }
    defer { socket.close() }
    var buffer = [UInt8](repeating: 0, count: 256 * 1024)
    var total = 0
    while true {
      let count = recv(socket.descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { return total }
      for index in 0..<count {
        guard buffer[index] == UInt8(truncatingIfNeeded: (total % (1 << 20)) % 251) else {
          return total
        }
        total += 1
      }
    }
  }
}

extension Switch {
  /// Whether everything that was sent before has been dealt with: nothing waits in the switch, nor
  /// (its thread having answered twice) in a device.
  var isQuiet: Bool {
    let (frames, isEmpty) = perform { ($0.handledFrames, $0.queue.isEmpty) }
    usleep(20_000)
    return isEmpty && perform { $0.handledFrames } == frames
  }
}

extension SwitchCore {
  var handledFrames: UInt64 {
    counters.reduce(0) { $0 + $1.passedFrames + $1.dropped.total }
  }
}
