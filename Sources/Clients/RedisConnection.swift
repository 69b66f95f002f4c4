internal import Basics
internal import Bindings
import CRedis
import Glibc
internal import Linux

/// Why there is no reply.
struct RedisFailure: Error {
  let message: String
  /// Whether anything of the command was sent.
  let isSent: Bool
}

/// One connection: libhiredis makes it and knows the protocol, the waiting is ours, so that every wait ends
/// at a moment of `MonotonicClock`.
@safe final class RedisConnection {
  private let context: UnsafeMutablePointer<redisContext>
  private let longestAnswer: Int
  private var descriptor: Int32 { unsafe context.pointee.fd }

  /// Connects to one server.
  init(_ place: RedisURL.Place, longestAnswer: Int, until deadline: Int64) throws(RedisFailure) {
    guard let context = unsafe redisConnectNonBlock(place.host, Int32(place.port)) else {
      throw RedisFailure(message: "hiredis has no memory", isSent: false)
    }
    unsafe self.context = context
    self.longestAnswer = longestAnswer
    guard unsafe context.pointee.err == 0 else {
      throw RedisFailure(message: unsafe Self.text(context.pointee.errstr), isSent: false)
    }
    try wait(.writable, until: deadline, "no connection to \(place.host) in time", isSent: false)
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
    if code != 0 {
      let error = Errno(code, "connect to \(place.host):\(place.port)")
      throw RedisFailure(message: "\(error)", isSent: false)
    }
  }

  deinit { unsafe redisFree(context) }

  /// The address of the other side; nil where it has none any more.
  var address: String? {
    var address = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    var text = [CChar](repeating: 0, count: 64)
    let isKnown = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { peer in
        unsafe getpeername(descriptor, peer, &size) == 0
          && getnameinfo(peer, size, &text, 64, nil, 0, NI_NUMERICHOST) == 0
      }
    }
    guard isKnown else { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Whether it still stands: nothing is to be read from a server that was not asked.
  var standsBeforeUse: Bool {
    do throws(Errno) { return try !Poll.wait([descriptor], until: 0)[0] } catch { return false }
  }

  /// Sends one command and waits for its reply.
  func run(_ words: [String], until deadline: Int64) throws(RedisFailure) -> RedisReply {
    try send(words, until: deadline)
    var receivedBytes = 0
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      if let reply = try nextReply() { return reply }
      try wait(.readable, until: deadline, "no reply in time", isSent: true)
      let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
      if count == 0 {
        throw RedisFailure(message: "the server closed the connection", isSent: true)
      }
      guard count > 0 else {
        let error = Errno.last("read a reply")
        if error.code == EAGAIN || error.code == EINTR { continue }
        throw RedisFailure(message: "\(error)", isSent: true)
      }
      receivedBytes += count
      guard receivedBytes <= longestAnswer else {
        let message = "the reply is longer than \(longestAnswer) bytes, which is all that is taken"
        throw RedisFailure(message: message, isSent: true)
      }
      _ = unsafe buffer.withUnsafeBytes { bytes in
        unsafe redisReaderFeed(
          context.pointee.reader, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), count)
      }
    }
  }

  private func send(_ words: [String], until deadline: Int64) throws(RedisFailure) {
    let texts = CTexts(words)
    let lengths = words.map(\.utf8.count)
    var command: UnsafeMutablePointer<CChar>?
    let size = unsafe redisFormatCommandArgv(
      &command, Int32(words.count), texts.mutablePointer, lengths)
    defer { unsafe redisFreeCommand(command) }
    guard size > 0, let command = unsafe command else {
      throw RedisFailure(message: "hiredis cannot write the command", isSent: false)
    }
    var sent = 0
    while sent < size {
      let count = unsafe Glibc.send(
        descriptor, command + sent, Int(size) - sent, Int32(MSG_NOSIGNAL))
      if count > 0 {
        sent += count
        continue
      }
      let error = Errno.last("send a command")
      guard error.code == EAGAIN || error.code == EINTR else {
        throw RedisFailure(message: "\(error)", isSent: sent > 0)
      }
      try wait(.writable, until: deadline, "no time to send it all", isSent: sent > 0)
    }
  }

  private func nextReply() throws(RedisFailure) -> RedisReply? {
    var reply: UnsafeMutableRawPointer?
    guard unsafe redisReaderGetReply(context.pointee.reader, &reply) == REDIS_OK else {
      throw RedisFailure(
        message: unsafe Self.text(context.pointee.reader.pointee.errstr), isSent: true)
    }
    guard let reply = unsafe reply else { return nil }
    defer { unsafe freeReplyObject(reply) }
    return unsafe RedisReply(reply.assumingMemoryBound(to: redisReply.self))
  }

  private func wait(
    _ interest: Poll.Interest, until deadline: Int64, _ complaint: String, isSent: Bool
  ) throws(RedisFailure) {
    do throws(Errno) {
      if try Poll.wait([descriptor], for: interest, until: deadline)[0] { return }
    } catch { throw RedisFailure(message: "\(error)", isSent: isSent) }
    throw RedisFailure(message: complaint, isSent: isSent)
  }

  /// What an array of characters inside a C structure says, up to its null.
  private static func text<Characters>(_ characters: Characters) -> String {
    unsafe withUnsafeBytes(of: characters) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}

extension RedisReply {
  /// The reader bounds how deep replies nest.
  fileprivate init(_ reply: UnsafePointer<redisReply>) {
    let object = unsafe reply.pointee
    switch unsafe object.type {
    case REDIS_REPLY_INTEGER: self = .integer(unsafe object.integer)
    case REDIS_REPLY_STRING, REDIS_REPLY_STATUS: self = .text(unsafe object.text)
    case REDIS_REPLY_ERROR: self = .error(unsafe object.text)
    case REDIS_REPLY_ARRAY:
      self = .list(
        (0..<(unsafe object.elements)).map { index in
          unsafe object.element[index].map { unsafe RedisReply(UnsafePointer($0)) } ?? .none
        })
    default: self = .none
    }
  }
}

extension redisReply {
  fileprivate var text: String {
    guard let start = unsafe str else { return "" }
    return unsafe String(
      decoding: UnsafeRawBufferPointer(start: start, count: len), as: UTF8.self)
  }
}
